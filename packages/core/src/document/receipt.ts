import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { expectArray, expectBytes, expectUint } from '../cbor/expect.ts'
import { Fields } from '../cbor/fields.ts'
import type { CborKey, CborValue } from '../cbor/value.ts'
import { parseSign1, sign1Tag } from '../cose/sign1.ts'
import type { PublicKey } from '../crypto.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { leafHash } from '../transparency/node-hash.ts'
import { rootFromInclusion } from '../transparency/proof.ts'
import { encodeCheckpoint } from './checkpoint.ts'
import { digestLength } from './limits.ts'
import { openTreeHead, parseClaims, requireReceiptKind } from './tree-head.ts'
import type { ReceiptKind, SignedTreeHead, TreeHead, UnverifiedClaims } from './tree-head.ts'

/** The way from an entry to the root. */
export interface Inclusion {
  /** Place of the entry, from 0. */
  readonly index: number
  /** Hashes of 32 bytes, lowest first. */
  readonly path: readonly Uint8Array[]
}

/** The proof that a tree continues an earlier one. */
export interface Consistency {
  /** Size of the earlier tree. */
  readonly from: number
  /** Hashes of 32 bytes. */
  readonly path: readonly Uint8Array[]
}

/** A receipt as it was received (RFC 9942, protocol.md §8.2): nothing in it is believed. */
export interface Receipt extends UnverifiedClaims {
  readonly inclusion: Inclusion
  readonly consistency?: Consistency
}

/** Writes the receipt of one entry. Both proofs are of the tree that was signed. */
export function encodeReceipt(signed: SignedTreeHead, inclusion: Inclusion, consistency?: Consistency): Uint8Array {
  const { head, protectedBytes, signature } = signed
  return write({ size: head.size, protectedBytes, signature }, inclusion, consistency)
}

/** Takes the consistency proof out of a receipt, as lease files have it (protocol.md §9.2). */
export function withoutConsistency(bytes: Uint8Array): Uint8Array {
  const receipt = parseReceipt(bytes)
  return write(receipt, receipt.inclusion)
}

/**
 * Reads a receipt without verifying it. Proofs of another tree than the signed one are `RECEIPT_INVALID`: RFC 9942 signs
 * their sizes not, and one altered byte would poison what a client remembers (rule 21).
 */
export function parseReceipt(bytes: Uint8Array): Receipt {
  const sign1 = parseSign1(bytes)
  const claims = parseClaims(sign1)
  if (sign1.payload !== null) throw new ActivationError('MALFORMED', `${what}: the payload must be detached`)
  const unprotected = new Fields(sign1.unprotectedHeader, `${what}: unprotected header`)
  const proofs = unprotected.fields(proofsHeader)
  unprotected.endStrict()
  const inclusion = parseInclusion(theProof(proofs, inclusionProofs), claims.size)
  const consistency = proofs.optional(consistencyProofs, (key) => parseConsistency(theProof(proofs, key), claims.size))
  proofs.endStrict()
  return { ...claims, inclusion, ...(consistency && { consistency }) }
}

/**
 * Returns the tree head only after the entry leads to a root that the key has signed (rule 21); else `RECEIPT_INVALID`,
 * or `KIND_MISMATCH` for a receipt of another kind.
 */
export function openReceipt(
  receipt: Receipt,
  entry: Uint8Array,
  key: PublicKey,
  kind: ReceiptKind = 'host-receipt',
): TreeHead {
  requireReceiptKind(receipt, kind)
  const root = rootFromInclusion({ ...receipt.inclusion, size: receipt.size, leaf: leafHash(entry) })
  const head = root && openTreeHead(receipt, root, key)
  if (head === undefined) {
    throw new ActivationError(
      'RECEIPT_INVALID',
      `${what}: the proof leads from this entry to no root that the key signed`,
    )
  }
  return head
}

/** Makes the checkpoint of a receipt, given the root that `openReceipt` computed (protocol.md §8.3). */
export function checkpointFromReceipt(receipt: Receipt, root: Uint8Array): Uint8Array {
  const { size, time, logId, x5t, protectedBytes, signature } = receipt
  return encodeCheckpoint({ head: { size, time, logId, x5t, root }, protectedBytes, signature })
}

const what = 'receipt'

// Of RFC 9942: the header with proofs, and their keys in it.
export const proofsHeader = 396
export const inclusionProofs = -1
export const consistencyProofs = -2

type SignedSize = Pick<UnverifiedClaims, 'size' | 'protectedBytes' | 'signature'>

function write(signed: SignedSize, { index, path }: Inclusion, consistency?: Consistency): Uint8Array {
  const { size, protectedBytes, signature } = signed
  const proofs = new Map<CborKey, CborValue>([[inclusionProofs, [encodeCbor([size, index, path])]]])
  if (consistency) proofs.set(consistencyProofs, [encodeCbor([consistency.from, size, consistency.path])])
  return encodeCbor({ tag: sign1Tag, value: [protectedBytes, new Map([[proofsHeader, proofs]]), null, signature] })
}

/** Takes the one proof of its sort, which RFC 9942 wraps in an array and a byte string. */
function theProof(proofs: Fields, key: CborKey): readonly CborValue[] {
  const [proof = null] = proofs.array(key, 1)
  return expectArray(decodeCbor(expectBytes(proof, `${what}: proof`)), `${what}: proof`, 3)
}

function parseInclusion([size = null, index = null, path = null]: readonly CborValue[], signedSize: number): Inclusion {
  requireSignedSize(expectUint(size, `${what}: size`), signedSize)
  const hashes = parsePath(path)
  // A tree of one entry has no receipt (rule 22).
  if (hashes.length === 0) throw new ActivationError('MALFORMED', `${what}: the inclusion proof is empty`)
  return { index: expectUint(index, `${what}: index`), path: hashes }
}

function parseConsistency(
  [from = null, to = null, path = null]: readonly CborValue[],
  signedSize: number,
): Consistency {
  requireSignedSize(expectUint(to, `${what}: size of the later tree`), signedSize)
  const earlier = expectUint(from, `${what}: size of the earlier tree`)
  if (earlier === 0 || earlier >= signedSize) {
    throw new ActivationError('MALFORMED', `${what}: a consistency proof from ${earlier} to ${signedSize} is none`)
  }
  return { from: earlier, path: parsePath(path) }
}

function requireSignedSize(size: number, signedSize: number): void {
  if (size === signedSize) return
  throw new ActivationError(
    'RECEIPT_INVALID',
    `${what}: the proof is of ${size} entries, and ${signedSize} were signed`,
  )
}

function parsePath(value: CborValue): readonly Uint8Array[] {
  return expectArray(value, `${what}: path`).map((hash) => expectBytes(hash, `${what}: hash`, digestLength))
}
