import { decodeUtf8, utf8 } from '@volact/core/bytes'
import { decodePem, encodePem } from '@volact/core/der/pem'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type Certificate, parseCertificate } from '@volact/core/x509/certificate'
import { writeDurably } from '@volact/files/durable'
import { readLimited } from '@volact/files/read-limited'
import { fileLimits } from './files.ts'

const label = 'CERTIFICATE'

/** Reads one or more certificates in strict PEM (rule 12); `MALFORMED` names the file. */
export function readCertificates(path: string): readonly [Certificate, ...Certificate[]] {
  const text = decodeUtf8(readLimited(path, fileLimits.certificates, 'the certificate')) ?? ''
  try {
    const [first, ...more] = decodePem(label, text).map(parseCertificate)
    if (first === undefined) throw new ActivationError('MALFORMED', 'it holds no certificate')
    return [first, ...more]
  } catch (cause) {
    if (!(cause instanceof ActivationError)) throw cause
    throw new ActivationError('MALFORMED', `${path} holds no certificate: ${cause.message}`, { cause, data: { path } })
  }
}

/** Writes certificates as PEM, readable by everyone, since they are public. */
export function writeCertificates(path: string, certificates: readonly Certificate[]): void {
  writeDurably(path, utf8(pemOf(certificates)), { mode: 0o644 })
}

/** Gives certificates as PEM. */
export function pemOf(certificates: readonly Certificate[]): string {
  return certificates.map(({ der }) => encodePem(label, der)).join('')
}
