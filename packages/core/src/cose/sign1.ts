import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { expectBytes, expectMap, expectTagged } from '../cbor/expect.ts'
import { fieldsOfArray } from '../cbor/fields.ts'
import type { CborMap, CborValue } from '../cbor/value.ts'
import { signatureLength, verify } from '../crypto.ts'
import type { PublicKey, Signer } from '../crypto.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { coseAlgorithms } from './algorithm.ts'
import { headers } from './headers.ts'

/** A COSE_Sign1 (RFC 9052 §4.2) as it was received. Nothing in it is believed before `openSign1` has returned. */
export interface Sign1 {
  /** The bytes of the protected header, which the signature covers as they are. */
  readonly protectedBytes: Uint8Array
  readonly protectedHeader: CborMap
  readonly unprotectedHeader: CborMap
  /** Null when it is detached. */
  readonly payload: Uint8Array | null
  /** 64 bytes. */
  readonly signature: Uint8Array
}

/** What is to be signed. `alg` and `typ` are added to the protected header. */
export interface Sign1Content {
  readonly typ: string
  readonly protectedExtra?: CborMap
  readonly unprotected?: CborMap
  readonly payload: Uint8Array
  /** Whether the payload travels elsewhere and is left out here. */
  readonly detached?: boolean
}

/** What is expected of a COSE_Sign1; `payload` is given exactly when it is detached. */
export interface Sign1Expectation {
  readonly typ: string
  readonly key: PublicKey
  readonly payload?: Uint8Array
}

/** The tag of a COSE_Sign1, which ours always have. */
export const sign1Tag = 18

const what = 'COSE_Sign1'

/** A protected header with the signature over it and a payload. */
export type HeaderAndSignature = Pick<Sign1, 'protectedBytes' | 'signature'>

/** Signs the content, and gives the two parts of a COSE_Sign1 that are made by that. */
export function signHeader(
  { typ, protectedExtra = new Map(), payload }: Pick<Sign1Content, 'typ' | 'protectedExtra' | 'payload'>,
  signer: Signer,
): HeaderAndSignature {
  const algorithm = coseAlgorithms[signer.publicKey.algorithm]
  const header: CborMap = new Map([...protectedExtra, [headers.alg, algorithm], [headers.typ, typ]])
  const protectedBytes = encodeCbor(header)
  return { protectedBytes, signature: signer.sign(signatureInput(protectedBytes, payload)) }
}

/** Signs the content, and gives the COSE_Sign1 in its only encoding. */
export function signSign1(content: Sign1Content, signer: Signer): Uint8Array {
  const { unprotected = new Map(), payload, detached = false } = content
  const { protectedBytes, signature } = signHeader(content, signer)
  return encodeCbor({ tag: sign1Tag, value: [protectedBytes, unprotected, detached ? null : payload, signature] })
}

/** Reads a COSE_Sign1 and verifies nothing; `MALFORMED`, or `UNKNOWN_CRITICAL` if it has a header `crit`. */
export function parseSign1(bytes: Uint8Array): Sign1 {
  return parseSign1Value(decodeCbor(bytes))
}

/** Reads a COSE_Sign1 that stands inside another document. */
export function parseSign1Value(value: CborValue): Sign1 {
  const fields = fieldsOfArray(expectTagged(value, what, sign1Tag), what, 4)
  const protectedBytes = fields.bytes(0)
  const protectedHeader = expectMap(decodeCbor(protectedBytes), 'protected header')
  const unprotectedHeader = fields.map(1)
  checkHeaders(protectedHeader, unprotectedHeader)
  const payload = fields.value(2)
  const signature = fields.bytes(3, signatureLength)
  return {
    ...{ protectedBytes, protectedHeader, unprotectedHeader, signature },
    payload: payload === null ? null : expectBytes(payload, 'payload'),
  }
}

/**
 * Returns the payload only after the algorithm is the key's own (rule 12), the kind is the expected one (rule 2) and the
 * signature holds. Throws `SIGNATURE_INVALID` or `KIND_MISMATCH`, and `MALFORMED` when the payload is not where it should
 * be.
 */
export function openSign1(sign1: Sign1, expectation: Sign1Expectation): Uint8Array {
  const { key, data, signature } = signedDataOf(sign1, expectation)
  if (!verify(key, data, signature)) throw signatureInvalid(expectation.typ)
  return thePayload(sign1.payload, expectation.payload)
}

/** A signature with what it is said to be over: for who verifies it elsewhere, or later. */
export interface SignedData {
  readonly key: PublicKey
  readonly data: Uint8Array
  readonly signature: Uint8Array
}

/** Gives what is left to verify when algorithm and kind are the expected ones; throws what `openSign1` throws for others. */
export function signedDataOf(sign1: Sign1, { typ, key, payload }: Sign1Expectation): SignedData {
  const { protectedBytes, protectedHeader, signature } = sign1
  const signed = thePayload(sign1.payload, payload)
  if (protectedHeader.get(headers.alg) !== coseAlgorithms[key.algorithm]) {
    throw new ActivationError(
      'SIGNATURE_INVALID',
      `the document of kind ${typ} names another algorithm than its key has`,
    )
  }
  if (protectedHeader.get(headers.typ) !== typ) {
    throw new ActivationError('KIND_MISMATCH', `this is not a document of kind ${typ}`)
  }
  return { key, data: signatureInput(protectedBytes, signed), signature }
}

/** What is said of a signature that does not hold. */
export function signatureInvalid(typ: string): ActivationError {
  return new ActivationError('SIGNATURE_INVALID', `the signature of the document of kind ${typ} does not hold`)
}

/** The Sig_structure of RFC 9052 §4.4, without external data: exactly the bytes that are signed. */
export function signatureInput(protectedBytes: Uint8Array, payload: Uint8Array): Uint8Array {
  return encodeCbor(['Signature1', protectedBytes, new Uint8Array(), payload])
}

/** RFC 9052 §3: no label in both headers. We know no extension of COSE that `crit` could demand. */
function checkHeaders(protectedHeader: CborMap, unprotectedHeader: CborMap): void {
  if (protectedHeader.has(headers.crit)) {
    throw new ActivationError('UNKNOWN_CRITICAL', 'the document demands an extension of COSE that is unknown here')
  }
  const signedOnly = [headers.alg, headers.crit, headers.typ, ...protectedHeader.keys()]
  if (signedOnly.some((label) => unprotectedHeader.has(label))) {
    throw new ActivationError('MALFORMED', 'a header that must be signed stands among the unsigned ones')
  }
}

function thePayload(attached: Uint8Array | null, detached: Uint8Array | undefined): Uint8Array {
  const payload = attached ?? detached
  if (payload === undefined || (attached !== null && detached !== undefined)) {
    throw new ActivationError('MALFORMED', 'the payload is missing, or given twice')
  }
  return payload
}
