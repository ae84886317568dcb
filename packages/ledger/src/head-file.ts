import { statSync } from 'node:fs'
import { equal } from '@volact/core/bytes'
import type { PublicKey } from '@volact/core/crypto'
import { openCheckpoint } from '@volact/core/document/checkpoint'
import type { TreeHead } from '@volact/core/document/tree-head'
import { ActivationError } from '@volact/core/errors/activation-error'
import { readLimited } from '@volact/files/read-limited'
import { headLimit } from './ledger-files.ts'

/** Reads the newest signed checkpoint of a ledger's folder; nothing where there is none, or what is there is longer than any. */
export function readHead(path: string): Uint8Array | undefined {
  const { size } = statSync(path, { throwIfNoEntry: false }) ?? { size: Infinity }
  return size > headLimit ? undefined : readLimited(path, headLimit, 'the head')
}

/** Reads the checkpoint beside a host that may just be writing it: until it has been the same twice. */
export function readSettledHead(path: string): Uint8Array | undefined {
  for (let before = readHead(path); ;) {
    const now = readHead(path)
    if (before === undefined || now === undefined || equal(before, now)) return now
    before = now
  }
}

/** Opens a checkpoint with the first of several keys that fits; nothing when none does. */
export function openHead(checkpoint: Uint8Array, keys: readonly PublicKey[]): TreeHead | undefined {
  for (const key of keys) {
    try {
      return openCheckpoint(checkpoint, key)
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
    }
  }
  return undefined
}
