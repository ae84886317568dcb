import { ActivationError } from '../errors/activation-error.ts'
import { isSelfSigned, parseCertificate } from './certificate.ts'
import type { Certificate } from './certificate.ts'

/** Reads a root from outside before it is trusted: a certificate that names and has signed itself. */
export function parseRoot(der: Uint8Array): Certificate {
  const root = parseCertificate(der)
  if (!isSelfSigned(root)) {
    throw new ActivationError('CHAIN_INVALID', `"${root.subject.text}" has not signed itself, so it is no root`)
  }
  return root
}
