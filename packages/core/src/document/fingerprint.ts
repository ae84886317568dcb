import { toHex } from '../bytes.ts'
import type { Certificate } from '../x509/certificate.ts'

/** Writes the SHA-256 of a certificate as people compare it, and as openssl prints it: `AB:CD:…`, 32 pairs of digits. */
export function rootFingerprint({ fingerprint }: Certificate): string {
  return toHex(fingerprint)
    .toUpperCase()
    .replace(/..(?!$)/g, '$&:')
}
