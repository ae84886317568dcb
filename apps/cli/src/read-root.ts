import { decodeUtf8 } from '@volact/core/bytes'
import { decodePem } from '@volact/core/der/pem'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type Certificate, parseCertificate } from '@volact/core/x509/certificate'
import { parseRoot } from '@volact/core/x509/root'
import { readLimited } from '@volact/files/read-limited'

/** The most bytes that any of our documents has: a starter file with the largest pack. */
export const documentLimit = 8_388_608

const certificatesLimit = 65_536

/** Reads a file with one root certificate, in PEM or DER; `MALFORMED`, `CHAIN_INVALID`, or what the disk says. */
export function readRoot(path: string): Certificate {
  const [root, ...more] = readCertificates(path).map(({ der }) => parseRoot(der))
  if (root !== undefined && more.length === 0) return root
  throw new ActivationError('MALFORMED', `${path} must hold one root certificate, not ${more.length + 1}`)
}

/** Reads a file with certificates, in PEM or one in DER. */
export function readCertificates(path: string): readonly Certificate[] {
  return parseCertificates(readLimited(path, certificatesLimit, 'the certificate'))
}

/** Reads certificates in PEM, or one in DER. */
export function parseCertificates(bytes: Uint8Array): readonly Certificate[] {
  const text = decodeUtf8(bytes)
  if (text?.startsWith('-----BEGIN ') !== true) return [parseCertificate(bytes)]
  return decodePem('CERTIFICATE', text).map(parseCertificate)
}
