import { Fields } from '../cbor/fields.ts'
import type { CborKey, CborMap, CborValue } from '../cbor/value.ts'
import { coseAlgorithms } from '../cose/algorithm.ts'
import { headers } from '../cose/headers.ts'
import { signatureInput, signHeader } from '../cose/sign1.ts'
import type { Sign1 } from '../cose/sign1.ts'
import { verify } from '../crypto.ts'
import type { PublicKey, Signer } from '../crypto.ts'
import { ActivationError } from '../errors/activation-error.ts'
import type { Instant } from '../time.ts'
import { encodeX5t, parseX5t } from './certificate-hash.ts'
import { documentKinds } from './kinds.ts'
import { digestLength, textLimit } from './limits.ts'

/** The two kinds of document that vouch for a ledger, of a host or of the authority. */
export type ReceiptKind = 'host-receipt' | 'authority-receipt'

/** What a tree head says of a ledger beside its root. Signed, but perhaps not verified yet. */
export interface TreeHeadClaims {
  /** Number of entries. */
  readonly size: number
  /** When it was signed. */
  readonly time: Instant
  readonly logId: Uint8Array
  /** SHA-256 of the certificate whose key signs. */
  readonly x5t: Uint8Array
}

/** What a host says of its ledger at one time: this many entries, with this root (rule 21, protocol.md §8.1). */
export interface TreeHead extends TreeHeadClaims {
  readonly root: Uint8Array
}

/** A tree head with its signature, from which receipts and checkpoints are made. */
export interface SignedTreeHead {
  readonly head: TreeHead
  /** The protected header as it was signed. */
  readonly protectedBytes: Uint8Array
  /** 64 bytes. */
  readonly signature: Uint8Array
}

/** Signs a tree head; the signer holds the key of the certificate that `x5t` names. */
export function signTreeHead(head: TreeHead, signer: Signer, kind: ReceiptKind = 'host-receipt'): SignedTreeHead {
  const protectedExtra: CborMap = new Map<CborKey, CborValue>([
    [headers.x5t, encodeX5t(head.x5t)],
    [headLabels.verifiableData, rfc9162Sha256],
    [headLabels.size, head.size],
    [headLabels.time, head.time],
    [headLabels.logId, head.logId],
  ])
  return { head, ...signHeader({ typ: documentKinds[kind].typ, protectedExtra, payload: head.root }, signer) }
}

/** A signed tree head as it was received: nothing in it is believed. */
export interface UnverifiedClaims extends TreeHeadClaims {
  readonly kind: ReceiptKind
  readonly protectedBytes: Uint8Array
  readonly signature: Uint8Array
}

/**
 * Reads what the protected header of a receipt or checkpoint says; the header is closed. A document of a kind that does
 * not vouch for a ledger is `KIND_MISMATCH`.
 */
export function parseClaims({ protectedHeader, protectedBytes, signature }: Sign1): UnverifiedClaims {
  const fields = new Fields(protectedHeader, what)
  const kind = kindOf(fields.text(headers.typ, textLimit))
  expectConstant(fields.int(headers.alg), coseAlgorithms.ESP256, 'algorithm')
  expectConstant(fields.int(headLabels.verifiableData), rfc9162Sha256, 'verifiable data structure')
  const claims = {
    size: fields.uint(headLabels.size),
    time: fields.uint(headLabels.time),
    logId: fields.bytes(headLabels.logId, digestLength),
    x5t: parseX5t(fields.value(headers.x5t), what),
  }
  fields.endStrict()
  return { kind, ...claims, protectedBytes, signature }
}

/** Refuses a tree head that was signed for another kind of ledger than is expected (rule 2). */
export function requireReceiptKind({ kind }: UnverifiedClaims, expected: ReceiptKind): void {
  if (kind === expected) return
  throw new ActivationError('KIND_MISMATCH', `this is of the kind ${kind}, and ${expected} is needed`)
}

/** Adds the root to claims, only if the key has signed both together; else `undefined`. */
export function openTreeHead(unverified: UnverifiedClaims, root: Uint8Array, key: PublicKey): TreeHead | undefined {
  const { size, time, logId, x5t, protectedBytes, signature } = unverified
  // The header names ESP256, and the algorithm is fixed by the key (rule 12).
  const holds = key.algorithm === 'ESP256' && verify(key, signatureInput(protectedBytes, root), signature)
  return holds ? { size, time, logId, x5t, root } : undefined
}

const what = 'tree head'

// Labels of RFC 9942; the private ones are protocol.md §8.1.
export const headLabels = { verifiableData: 395, size: -65537, time: -65538, logId: -65539 } as const

/** The one verifiable data structure that RFC 9942 registers. */
export const rfc9162Sha256 = 1

const receiptKinds: readonly ReceiptKind[] = ['host-receipt', 'authority-receipt']

function kindOf(typ: string): ReceiptKind {
  const kind = receiptKinds.find((candidate) => documentKinds[candidate].typ === typ)
  if (kind === undefined) throw new ActivationError('KIND_MISMATCH', `"${typ}" is neither a receipt nor a checkpoint`)
  return kind
}

function expectConstant(value: number, constant: number, name: string): void {
  if (value === constant) return
  throw new ActivationError('MALFORMED', `${what}: the ${name} must be ${constant}, not ${value}`)
}
