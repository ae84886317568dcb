import { equal, fromHex } from '../bytes.ts'
import { DerReader } from '../der/reader.ts'
import { tags } from '../der/tags.ts'
import { ActivationError } from '../errors/activation-error.ts'

/** What X.509 and PKCS#10 have in common: something, the algorithm, and the signature over it. */
export interface Signed {
  /** All bytes of what is signed, as received. */
  readonly content: Uint8Array
  /** ECDSA signature in DER. */
  readonly signature: Uint8Array
}

/** ecdsa-with-SHA256 without parameters (RFC 5758 §3.2): the only algorithm of certificates (rule 12). */
export const ecdsaWithSha256: Uint8Array = fromHex('300a06082a8648ce3d040302')

/** Reads the outer SEQUENCE of a certificate or request. */
export function parseSigned(der: Uint8Array, what: string): Signed {
  const outer = new DerReader(der, what)
  const reader = outer.sequence()
  outer.end()
  const content = reader.whole(tags.sequence)
  expectAlgorithm(reader, what)
  const signature = reader.bitString()
  reader.end()
  return { content, signature }
}

/** Takes an AlgorithmIdentifier that must be ecdsa-with-SHA256. */
export function expectAlgorithm(reader: DerReader, what: string): void {
  if (!equal(reader.whole(tags.sequence), ecdsaWithSha256)) {
    throw new ActivationError('MALFORMED', `${what} must be signed with ecdsa-with-SHA256`)
  }
}
