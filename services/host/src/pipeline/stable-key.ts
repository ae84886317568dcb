import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { writeDurably } from '@volact/files/durable'
import { readLimited } from '@volact/files/read-limited'

const keyLength = 32

/**
 * Reads the key of the digests that are kept of requests (rule 15), and makes it where there is none: then, and with one that is damaged,
 * each license goes the slow way once.
 */
export function openStableKey(path: string): Uint8Array {
  const { size } = statSync(path, { throwIfNoEntry: false }) ?? { size: 0 }
  if (size === keyLength) return readLimited(path, keyLength, 'the key of the digests')
  const key = new Uint8Array(randomBytes(keyLength))
  writeDurably(path, key)
  return key
}
