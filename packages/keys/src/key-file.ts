import { decodeUtf8, utf8 } from '@volact/core/bytes'
import { generatePrivateKey, signerFromPkcs8 } from '@volact/core/crypto'
import type { SignatureAlgorithm, Signer } from '@volact/core/crypto'
import { decodePem, encodePem } from '@volact/core/der/pem'
import { ActivationError } from '@volact/core/errors/activation-error'
import { readLimited, requirePrivate } from '@volact/files/read-limited'
import { writeNew } from './write-new.ts'

const label = 'PRIVATE KEY'
const maxBytes = 4_096

/**
 * Makes a private key and keeps it in a new file: PKCS#8 PEM (RFC 5958, RFC 7468), mode 0600, durable before this returns.
 * Never overwrites (`FILE_EXISTS`): a key that something was signed with cannot be made again.
 */
export function createKeyFile(path: string, algorithm: SignatureAlgorithm): Signer {
  const pkcs8 = generatePrivateKey(algorithm)
  writeNew(path, utf8(encodePem(label, pkcs8)))
  return signerFromPkcs8(pkcs8)
}

/**
 * Opens a key file that `createKeyFile` made. `FILE_NOT_PRIVATE` when other accounts may use it, `MALFORMED` when it holds
 * anything but one key in strict PEM.
 */
export function openKeyFile(path: string): Signer {
  const pem = readKeyPem(path)
  try {
    const [pkcs8 = new Uint8Array(), ...more] = decodePem(label, pem)
    if (more.length > 0) throw new ActivationError('MALFORMED', 'it holds more than one key')
    return signerFromPkcs8(pkcs8)
  } catch (cause) {
    if (!(cause instanceof ActivationError)) throw cause
    const message = `${path} is no key file: ${cause.message}; restore it from a backup`
    throw new ActivationError('MALFORMED', message, { cause, data: { path } })
  }
}

/** Reads the text of a private key file for a library that wants PEM, such as TLS. The same refusals for its mode. */
export function readKeyPem(path: string): string {
  const bytes = readLimited(path, maxBytes, 'the private key')
  requirePrivate(path)
  return decodeUtf8(bytes) ?? ''
}
