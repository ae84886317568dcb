import { expectArray, expectBytes } from '../cbor/expect.ts'
import type { CborValue } from '../cbor/value.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { digestLength } from './limits.ts'

/** SHA-256 in the COSE registry (RFC 9054). */
const sha256Number = -16

/** Gives the header `x5t` (RFC 9360 §2) for the SHA-256 of a certificate's DER. */
export function encodeX5t(fingerprint: Uint8Array): CborValue {
  return [sha256Number, fingerprint]
}

/** Reads the header `x5t`: 32 bytes. Another hash than SHA-256 is refused, never looked for (rule 12). */
export function parseX5t(value: CborValue, what: string): Uint8Array {
  const [algorithm = null, fingerprint = null] = expectArray(value, `${what}: x5t`, 2)
  if (algorithm !== sha256Number) throw new ActivationError('MALFORMED', `${what}: x5t must be made with SHA-256`)
  return expectBytes(fingerprint, `${what}: x5t`, digestLength)
}
