import { equal } from '../bytes.ts'
import { expectArray, expectBytes } from '../cbor/expect.ts'
import { Fields } from '../cbor/fields.ts'
import type { CborMap, CborValue } from '../cbor/value.ts'
import { headers } from '../cose/headers.ts'
import { openSign1, parseSign1, signSign1 } from '../cose/sign1.ts'
import type { Sign1 } from '../cose/sign1.ts'
import { sha256 } from '../crypto.ts'
import type { Signer } from '../crypto.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { Certificate } from '../x509/certificate.ts'
import { maxPathLength } from '../x509/path.ts'
import type { VerifiedPath } from '../x509/path.ts'
import { encodeX5t, parseX5t } from './certificate-hash.ts'
import { documentKinds } from './kinds.ts'
import type { DocumentKind } from './kinds.ts'

/** A document that brings the certificates of its signer along. Nothing in it is believed yet. */
export interface ChainDocument {
  readonly kind: DocumentKind
  readonly sign1: Sign1
  /** Leaf first. Its fingerprint is the signed `x5t`. */
  readonly leaf: Certificate
  readonly others: readonly Certificate[]
}

/** What is to be signed; `chain` is DER, leaf first. */
export interface ChainDocumentContent {
  readonly kind: DocumentKind
  readonly payload: Uint8Array
  readonly chain: readonly [Uint8Array, ...Uint8Array[]]
}

/** Signs a document whose header brings the chain along (protocol.md §3.1, RFC 9360). */
export function signChainDocument({ kind, payload, chain }: ChainDocumentContent, signer: Signer): Uint8Array {
  const [leaf, ...others] = chain
  const protectedExtra: CborMap = new Map([[headers.x5t, encodeX5t(sha256(leaf))]])
  // RFC 9360 §2: one certificate stands by itself, several in an array.
  const unprotected: CborMap = new Map([[headers.x5chain, others.length === 0 ? leaf : chain]])
  return signSign1({ typ: documentKinds[kind].typ, protectedExtra, unprotected, payload }, signer)
}

/** Reads a document of the kind and its certificates: `KIND_MISMATCH`, `CHAIN_INVALID` or `MALFORMED`. */
export function parseChainDocument(bytes: Uint8Array, kind: DocumentKind): ChainDocument {
  const sign1 = parseSign1(bytes)
  const x5t = readProtected(sign1, kind)
  const [leaf, ...others] = readChain(sign1, kind)
  if (leaf === undefined || !equal(leaf.fingerprint, x5t)) {
    throw new ActivationError('CHAIN_INVALID', `the ${kind} names another certificate than it brings along`)
  }
  return { kind, sign1, leaf, others }
}

/** Returns the payload only after the signature by the leaf of a verified path holds. */
export function openChainDocument({ kind, sign1, leaf }: ChainDocument, path: VerifiedPath): Uint8Array {
  if (path.leaf !== leaf) throw new Error('the path was verified for another document')
  return openSign1(sign1, { typ: documentKinds[kind].typ, key: path.leaf.publicKey })
}

/** COSE headers are closed: whatever is unknown in them is refused (protocol.md §1.2). */
function readProtected({ protectedHeader }: Sign1, kind: DocumentKind): Uint8Array {
  const what = `${kind}: protected header`
  const fields = new Fields(protectedHeader, what)
  fields.int(headers.alg)
  if (fields.value(headers.typ) !== documentKinds[kind].typ) {
    throw new ActivationError('KIND_MISMATCH', `the document is no ${kind}`)
  }
  const x5t = parseX5t(fields.value(headers.x5t), what)
  fields.endStrict()
  return x5t
}

function readChain({ unprotectedHeader }: Sign1, kind: DocumentKind): readonly Certificate[] {
  const fields = new Fields(unprotectedHeader, `${kind}: unprotected header`)
  const chain = certificatesIn(fields.value(headers.x5chain), `${kind}: chain`)
  fields.endStrict()
  return chain.map(parseCertificate)
}

function certificatesIn(value: CborValue, what: string): readonly Uint8Array[] {
  if (value instanceof Uint8Array) return [value]
  const chain = expectArray(value, what)
  if (chain.length < 2 || chain.length > maxPathLength) {
    throw new ActivationError(
      'MALFORMED',
      `${what}: an array of ${chain.length} certificates, not 2 to ${maxPathLength}`,
    )
  }
  return chain.map((certificate) => expectBytes(certificate, what))
}
