import { encodeCbor } from '../cbor/encode.ts'
import { expectBytes } from '../cbor/expect.ts'
import { Fields } from '../cbor/fields.ts'
import { parseSign1, sign1Tag } from '../cose/sign1.ts'
import type { PublicKey } from '../crypto.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { digestLength } from './limits.ts'
import { openTreeHead, parseClaims, requireReceiptKind } from './tree-head.ts'
import type { ReceiptKind, SignedTreeHead, TreeHead, UnverifiedClaims } from './tree-head.ts'

/** A checkpoint as it was received: nothing in it is believed. */
export interface UnverifiedHead extends UnverifiedClaims {
  readonly root: Uint8Array
}

/** Writes a signed tree head as a checkpoint (rule 21, protocol.md §8.3). */
export function encodeCheckpoint({ head, protectedBytes, signature }: SignedTreeHead): Uint8Array {
  return encodeCbor({ tag: sign1Tag, value: [protectedBytes, new Map(), head.root, signature] })
}

/** Reads a checkpoint without verifying it; `KIND_MISMATCH` for another kind of document. */
export function parseCheckpoint(bytes: Uint8Array): UnverifiedHead {
  const sign1 = parseSign1(bytes)
  const claims = parseClaims(sign1)
  new Fields(sign1.unprotectedHeader, 'checkpoint: unprotected header').endStrict()
  return { ...claims, root: expectBytes(sign1.payload, 'checkpoint: root', digestLength) }
}

/** Returns what a checkpoint says only after its signature holds; else `SIGNATURE_INVALID` or `KIND_MISMATCH`. */
export function openCheckpoint(bytes: Uint8Array, key: PublicKey, kind: ReceiptKind = 'host-receipt'): TreeHead {
  const checkpoint = parseCheckpoint(bytes)
  requireReceiptKind(checkpoint, kind)
  const head = openTreeHead(checkpoint, checkpoint.root, key)
  if (head === undefined)
    throw new ActivationError('SIGNATURE_INVALID', 'the signature of the checkpoint does not hold')
  return head
}
