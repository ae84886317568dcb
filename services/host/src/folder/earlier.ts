import { existsSync } from 'node:fs'
import { equal } from '@volact/core/bytes'
import type { PublicKey } from '@volact/core/crypto'
import type { Certificate } from '@volact/core/x509/certificate'
import { readCertificates, writeCertificates } from './certificates.ts'
import type { VendorFiles } from './files.ts'

/** The keys that have signed heads of this log before the present one (rule 6): clients may still show what they signed. */
export function readEarlierKeys(files: Pick<VendorFiles, 'earlier'>): readonly PublicKey[] {
  return readEarlier(files).map(({ publicKey }) => publicKey)
}

/** Keeps the certificate that a renewal replaces. Twice does no harm. */
export function keepEarlier(files: Pick<VendorFiles, 'earlier'>, certificate: Certificate): void {
  const others = readEarlier(files).filter(({ fingerprint }) => !equal(fingerprint, certificate.fingerprint))
  writeCertificates(files.earlier, [certificate, ...others].slice(0, mostEarlier))
}

/** With renewals a year apart, more than any log is old. */
const mostEarlier = 32

/** The certificates that renewals have replaced. */
export function readEarlier({ earlier }: Pick<VendorFiles, 'earlier'>): readonly Certificate[] {
  return existsSync(earlier) ? readCertificates(earlier) : []
}
