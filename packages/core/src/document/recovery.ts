import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { expectBytes } from '../cbor/expect.ts'
import { Fields } from '../cbor/fields.ts'
import type { CborMap } from '../cbor/value.ts'
import { headers } from '../cose/headers.ts'
import { openSign1, parseSign1, signSign1 } from '../cose/sign1.ts'
import type { Signer } from '../crypto.ts'
import { recoveryTyp } from './kinds.ts'
import { digestLength } from './limits.ts'

/** A ledger goes on from an earlier size, and what stood behind it is lost: what the recovery key signs (rule 27). */
export interface Recovery {
  readonly logId: Uint8Array
  /** How many entries were kept. */
  readonly kept: number
  /** The root of the tree of that size. */
  readonly root: Uint8Array
  /**
   * Strictly increasing in a log, and at least the time when it was signed: what the host has signed later, it does not excuse, or an
   * old recovery in a rewritten ledger would excuse it to whoever never needed it.
   */
  readonly number: number
  /** For people. */
  readonly reason: string
}

/** The longest reason, in UTF-16 code units: the receipt of its entry goes into an answer (rule 41). */
export const reasonLimit = 512

/** Signs a recovery with the host's recovery key (protocol.md §7.2): Ed25519, whose public part the host certificate names. */
export function signRecovery({ logId, kept, root, number, reason }: Recovery, signer: Signer): Uint8Array {
  const payload: CborMap = new Map<number, Uint8Array | number | string>([
    [1, logId],
    [2, kept],
    [3, root],
    [4, number],
    [5, reason],
  ])
  return signSign1({ typ: recoveryTyp, payload: encodeCbor(payload) }, signer)
}

/** Reads a recovery without verifying it. */
export function parseRecovery(bytes: Uint8Array): Recovery {
  const { payload } = parseSign1(bytes)
  const fields = new Fields(decodeCbor(expectBytes(payload, `${what}: payload`)), what)
  const recovery = {
    logId: fields.bytes(1, digestLength),
    kept: fields.uint(2),
    root: fields.bytes(3, digestLength),
    number: fields.uint(4),
    reason: fields.text(5, reasonLimit),
  }
  fields.end()
  return recovery
}

/** Returns what a recovery says only after the signature of the recovery key (Ed25519, 32 bytes) holds; `SIGNATURE_INVALID`, `KIND_MISMATCH`. */
export function openRecovery(bytes: Uint8Array, recoveryKey: Uint8Array): Recovery {
  const sign1 = parseSign1(bytes)
  const header = new Fields(sign1.protectedHeader, `${what}: protected header`)
  header.int(headers.alg)
  header.value(headers.typ)
  header.endStrict()
  new Fields(sign1.unprotectedHeader, `${what}: unprotected header`).endStrict()
  openSign1(sign1, { typ: recoveryTyp, key: { algorithm: 'Ed25519', bytes: recoveryKey } })
  return parseRecovery(bytes)
}

const what = 'recovery'
