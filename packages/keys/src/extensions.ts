import { type PublicKey, sha256 } from '@volact/core/crypto'
import { contextPrimitive } from '@volact/core/der/tags'
import { derElement, derNull, derOctetString, derOid, derSequence, derUnsigned } from '@volact/core/der/writer'
import { derNamedBits, derTrue } from './der-values.ts'
import { derServerName } from './server-name.ts'

/** Writes an Extension (RFC 5280 §4.1) around a value in DER. */
export function extension(oid: string, value: Uint8Array, kind: 'critical' | 'non-critical'): Uint8Array {
  const flag = kind === 'critical' ? [derTrue()] : []
  return derSequence(derOid(oid), ...flag, derOctetString(value))
}

/** The constraints of a certificate authority; without a path length those below it may be authorities of any depth. */
export function authorityConstraints(pathLength?: number): Uint8Array {
  const limit = pathLength === undefined ? [] : [derUnsigned(Uint8Array.of(pathLength))]
  return extension('2.5.29.19', derSequence(derTrue(), ...limit), 'critical')
}

/** The constraints of a leaf: no authority. */
export function leafConstraints(): Uint8Array {
  return extension('2.5.29.19', derSequence(), 'critical')
}

/** keyUsage of an authority: keyCertSign and cRLSign (rule 1). */
export function authorityKeyUsage(): Uint8Array {
  return extension('2.5.29.15', derNamedBits(5, 6), 'critical')
}

/** keyUsage of a leaf: digitalSignature (rule 1). */
export function leafKeyUsage(): Uint8Array {
  return extension('2.5.29.15', derNamedBits(0), 'critical')
}

/** The one extended key usage of a leaf, critical (rule 2). */
export function soleExtendedKeyUsage(oid: string): Uint8Array {
  return extension('2.5.29.37', derSequence(derOid(oid)), 'critical')
}

/** The name by which certificates point at a key: the first 160 bits of SHA-256 over it (RFC 7093 §2, method 1). */
export function keyIdentifier(key: PublicKey): Uint8Array {
  return sha256(key.bytes).subarray(0, 20)
}

/** subjectKeyIdentifier. */
export function subjectKeyIdentifier(key: PublicKey): Uint8Array {
  return extension('2.5.29.14', derOctetString(keyIdentifier(key)), 'non-critical')
}

/** authorityKeyIdentifier, by the key of the issuer. */
export function authorityKeyIdentifier(issuer: PublicKey): Uint8Array {
  const value = derSequence(derElement(contextPrimitive(0), keyIdentifier(issuer)))
  return extension('2.5.29.35', value, 'non-critical')
}

/** subjectAltName with the DNS names and IP addresses of a server (RFC 5280 §4.2.1.6); anything else is `USAGE`. */
export function serverNames(names: readonly string[]): Uint8Array {
  const entries = names.map(derServerName)
  return extension('2.5.29.17', derSequence(...entries), 'non-critical')
}

/** An extension of ours that holds bytes: an OCTET STRING, because RFC 5280 wants DER, never critical (rule 5). */
export function ownBytes(oid: string, bytes: Uint8Array): Uint8Array {
  return extension(oid, derOctetString(bytes), 'non-critical')
}

/** An extension of ours that says something by being there. */
export function ownMark(oid: string): Uint8Array {
  return extension(oid, derNull(), 'non-critical')
}
