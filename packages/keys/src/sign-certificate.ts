import { randomBytes } from 'node:crypto'
import { type PublicKey, spkiFromPublicKey, type Signer } from '@volact/core/crypto'
import { derSequence, derUnsigned } from '@volact/core/der/writer'
import type { Instant } from '@volact/core/time'
import { derContext, derEcdsaWithSha256, derSigned, derTime } from './der-values.ts'

/** The fields of a certificate that are not the same in all of ours. Names are DER. */
export interface CertificateFields {
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  readonly notBefore: Instant
  /** The last second in which it is valid. */
  readonly notAfter: Instant
  readonly publicKey: PublicKey
  readonly extensions: readonly Uint8Array[]
}

const version3 = derContext(0, derUnsigned(Uint8Array.of(2)))

/** Writes and signs a certificate of version 3 (RFC 5280 §4.1) with ecdsa-with-SHA256, as DER. */
export function signCertificate(fields: CertificateFields, signer: Signer): Uint8Array {
  const { issuer, subject, notBefore, notAfter, publicKey, extensions } = fields
  if (signer.publicKey.algorithm !== 'ESP256') throw new Error('certificates are signed with P-256 (rule 12)')
  if (notAfter < notBefore) throw new Error(`a certificate that ends (${notAfter}) before it begins (${notBefore})`)
  const content = derSequence(
    version3,
    derUnsigned(randomSerial()),
    derEcdsaWithSha256(),
    issuer,
    derSequence(derTime(notBefore), derTime(notAfter)),
    subject,
    spkiFromPublicKey(publicKey),
    derContext(3, derSequence(...extensions)),
  )
  return derSigned(content, (data) => signer.sign(data))
}

/**
 * A serial number of 126 random bits with a one before them: never zero, positive in 16 bytes, and not to be guessed
 * (RFC 5280 §4.1.2.2 allows 20 bytes).
 */
function randomSerial(): Uint8Array {
  const serial = new Uint8Array(randomBytes(16))
  serial[0] = (Number(serial[0]) & 0x7f) | 0x40
  return serial
}
