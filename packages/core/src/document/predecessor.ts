import { expectArray, expectBytes } from '../cbor/expect.ts'
import type { CborValue } from '../cbor/value.ts'
import { digestLength } from './limits.ts'

/** The host that a spare stands in for (rule 47): its log, and the newest checkpoint of it that is known. */
export interface Predecessor {
  readonly logId: Uint8Array
  /** As the host has signed it; not verified here. */
  readonly checkpoint: Uint8Array
}

/** Gives a predecessor as entry 0 carries it. */
export function encodePredecessor({ logId, checkpoint }: Predecessor): CborValue {
  return [logId, checkpoint]
}

/** Reads a predecessor; `what` names where it stands. */
export function parsePredecessor(value: CborValue, what: string): Predecessor {
  const [logId = null, checkpoint = null] = expectArray(value, what, 2)
  return {
    logId: expectBytes(logId, `${what}: predecessor`, digestLength),
    checkpoint: expectBytes(checkpoint, `${what}: checkpoint of the predecessor`),
  }
}
