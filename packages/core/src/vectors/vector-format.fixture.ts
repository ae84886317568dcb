import { decodeCbor } from '../cbor/decode.ts'
import { isCborTagged } from '../cbor/value.ts'
import { parseSign1, sign1Tag } from '../cose/sign1.ts'
import { signerFromPkcs8 } from '../crypto.ts'
import type { PublicKey, Signer } from '../crypto.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Named } from './vector-json.fixture.ts'

/** How the vectors of one format are checked. */
export interface VectorFormat {
  /** Computes the output of a case, or throws the coded error of a bad one. */
  readonly open: (input: Named) => unknown
  /** Writes what `open` has read, once more: the same bytes must come out, but for ECDSA signatures. */
  readonly write?: (output: Named, input: Named) => Uint8Array
}

/** The byte string of a name; a case without it is a mistake in the file. */
export function bytesIn(input: Named, name: string): Uint8Array {
  const value = input[name]
  if (value instanceof Uint8Array) return value
  throw new Error(`the case has no bytes called ${name}`)
}

/** The number of a name. */
export function numberIn(input: Named, name: string): number {
  const value = input[name]
  if (typeof value === 'number') return value
  throw new Error(`the case has no number called ${name}`)
}

/** The text of a name. */
export function textIn(input: Named, name: string): string {
  const value = input[name]
  if (typeof value === 'string') return value
  throw new Error(`the case has no text called ${name}`)
}

/** The certificates of a name. */
export function certificatesIn(input: Named, name: string): readonly Certificate[] {
  return (input[name] as readonly Uint8Array[]).map(parseCertificate)
}

/** The public key of a name, given as algorithm and bytes. */
export function keyIn(input: Named, name: string): PublicKey {
  return input[name] as PublicKey
}

/** The signer of a name, given as PKCS#8. */
export function signerIn(input: Named, name: string): Signer {
  return signerFromPkcs8(bytesIn(input, name))
}

/** What of a document is the same each time it is made: all of it, or, of a COSE_Sign1, all but the signature. */
export function reproducible(bytes: Uint8Array): unknown {
  const value = decodeCbor(bytes)
  if (!isCborTagged(value) || value.tag !== sign1Tag) return bytes
  const { protectedBytes, unprotectedHeader, payload } = parseSign1(bytes)
  return { protectedBytes, unprotectedHeader, payload }
}
