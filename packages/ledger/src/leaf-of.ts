import { sha256 } from '@volact/core/crypto'
import { hashLength } from '@volact/core/transparency/node-hash'
import type { BatchRecord } from './batch-reader.ts'

/** Gives the leaf hash of an entry: computed, or as the erased one has left it. */
export function leafOf(entry: Pick<BatchRecord, 'erased' | 'body' | 'hashed'>): Uint8Array {
  return entry.erased ? entry.body.subarray(0, hashLength) : sha256(entry.hashed)
}
