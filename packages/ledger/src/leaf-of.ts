import { sha256 } from '@volact/core/crypto'
import { hashLength } from '@volact/core/transparency/node-hash'
import type { BatchRecord } from './batch-reader.ts'

/** Gives the leaf hash of an entry: computed, or as the erased one has left it. */
export function leafOf({ erased, body, hashed }: BatchRecord): Uint8Array {
  return erased ? body.subarray(0, hashLength) : sha256(hashed)
}
