import { decodeUtf8, utf8 } from '@volact/core/bytes'
import { decodePem, encodePem } from '@volact/core/der/pem'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type Certificate, parseCertificate } from '@volact/core/x509/certificate'
import { readLimited } from '@volact/files/read-limited'
import { writeNew } from '@volact/keys/write-new'

const label = 'CERTIFICATE'
const maxBytes = 16_384

/** Writes a certificate to a new file, as PEM. */
export function writeCertificateFile(path: string, der: Uint8Array): void {
  writeNew(path, utf8(encodePem(label, der)))
}

/** Reads the one certificate of a file, strictly; `FOLDER_DAMAGED` when it is anything else. */
export function readCertificateFile(path: string): Certificate {
  try {
    const [der = new Uint8Array(), ...more] = decodePem(label, readCertificatePem(path))
    if (more.length > 0) throw new ActivationError('MALFORMED', 'it holds more than one certificate')
    return parseCertificate(der)
  } catch (cause) {
    if (!(cause instanceof ActivationError) || cause.code !== 'MALFORMED') throw cause
    const message = `${path} is damaged: ${cause.message}; restore the folder from its last backup`
    throw new ActivationError('FOLDER_DAMAGED', message, { cause, data: { path } })
  }
}

/** Reads the text of a certificate file, for a library that wants PEM. */
export function readCertificatePem(path: string): string {
  return decodeUtf8(readLimited(path, maxBytes, 'the certificate')) ?? ''
}
