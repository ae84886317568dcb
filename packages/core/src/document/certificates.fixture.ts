import { concat, fromHex, utf8 } from '../bytes.ts'
import { generatePrivateKey, sha256, signerFromPkcs8, spkiFromPublicKey } from '../crypto.ts'
import type { PublicKey, Signer } from '../crypto.ts'
import { derElement, derOctetString, derOid, derSequence, derUnsigned } from '../der/writer.ts'
import { civilTimeOf } from '../time.ts'
import type { Instant } from '../time.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { Certificate } from '../x509/certificate.ts'
import { standardOids } from '../x509/oids.ts'

/** A certificate with the private key of its subject. */
export interface Issued {
  readonly certificate: Certificate
  readonly der: Uint8Array
  readonly signer: Signer
}

/** What a certificate for a test may have otherwise than usual. */
export interface CertificateOptions {
  readonly name?: string
  readonly signer?: Signer
  readonly notBefore?: Instant
  readonly notAfter?: Instant
  readonly serial?: number
  /** Non-critical extensions: OID and value. */
  readonly extensions?: readonly (readonly [string, Uint8Array])[]
}

/** When the certificates of tests begin and end, unless a test says otherwise: 2026-01-01 to 2046-01-01. */
export const validFrom: Instant = 1_767_225_600
export const validUntil: Instant = 2_398_377_600

/** Makes a signer with a new key. */
export function newSigner(): Signer {
  return signerFromPkcs8(generatePrivateKey('ESP256'))
}

/** Makes a root. */
export function makeRoot(options: CertificateOptions = {}): Issued {
  return make(undefined, [basicConstraints(), usage('certSign')], { name: 'Example Root', ...options })
}

/** Makes an issuing certificate (pathLen 0). */
export function makeIssuing(root: Issued, options: CertificateOptions = {}): Issued {
  return make(root, [basicConstraints(0), usage('certSign')], { name: 'Example Issuing', ...options })
}

/** Makes a leaf for one kind of document. */
export function makeLeaf(issuer: Issued, eku: string, options: CertificateOptions = {}): Issued {
  const extensions = [
    leafConstraints,
    usage('digitalSignature'),
    extension(standardOids.extendedKeyUsage, true, derSequence(derOid(eku))),
  ]
  return make(issuer, extensions, { name: 'Example Leaf', ...options })
}

function make(issuer: Issued | undefined, extensions: readonly Uint8Array[], options: CertificateOptions): Issued {
  const { name = '', signer = newSigner(), notBefore = validFrom, notAfter = validUntil, serial = 1 } = options
  const subject = distinguishedName(name)
  const issuerKey = issuer?.signer ?? signer
  const content = derSequence(
    derElement(0xa0, derUnsigned(Uint8Array.of(2))),
    derUnsigned(Uint8Array.of(0x40, serial)),
    ecdsaWithSha256,
    issuer?.certificate.subject.raw ?? subject,
    derSequence(time(notBefore), time(notAfter)),
    subject,
    spkiFromPublicKey(signer.publicKey),
    derElement(
      0xa3,
      derSequence(
        ...extensions,
        extension(standardOids.subjectKeyIdentifier, false, derOctetString(identifierOf(signer.publicKey))),
        extension(
          standardOids.authorityKeyIdentifier,
          false,
          derSequence(derElement(0x80, identifierOf(issuerKey.publicKey))),
        ),
        ...(options.extensions ?? []).map(([oid, value]) => extension(oid, false, value)),
      ),
    ),
  )
  const der = derSequence(content, ecdsaWithSha256, bitString(derSignature(issuerKey.sign(content))))
  return { certificate: parseCertificate(der), der, signer }
}

const ecdsaWithSha256 = derSequence(derOid('1.2.840.10045.4.3.2'))
const isTrue = fromHex('0101ff')
const leafConstraints = extension(standardOids.basicConstraints, true, derSequence())

function basicConstraints(pathLength?: number): Uint8Array {
  const limit = pathLength === undefined ? [] : [derUnsigned(Uint8Array.of(pathLength))]
  return extension(standardOids.basicConstraints, true, derSequence(isTrue, ...limit))
}

function usage(kind: 'certSign' | 'digitalSignature'): Uint8Array {
  return extension(standardOids.keyUsage, true, fromHex(kind === 'certSign' ? '03020106' : '03020780'))
}

function extension(oid: string, critical: boolean, value: Uint8Array): Uint8Array {
  return derSequence(derOid(oid), ...(critical ? [isTrue] : []), derOctetString(value))
}

function distinguishedName(name: string): Uint8Array {
  return derSequence(derElement(0x31, derSequence(derOid('2.5.4.3'), derElement(0x0c, utf8(name)))))
}

function time(instant: Instant): Uint8Array {
  const { year, month, day, hour, minute, second } = civilTimeOf(instant)
  const rest = [month, day, hour, minute, second].map((part) => String(part).padStart(2, '0')).join('')
  return year < 2050
    ? derElement(0x17, utf8(`${String(year).slice(2)}${rest}Z`))
    : derElement(0x18, utf8(`${year}${rest}Z`))
}

function bitString(bytes: Uint8Array): Uint8Array {
  return derElement(0x03, Uint8Array.of(0), bytes)
}

function derSignature(raw: Uint8Array): Uint8Array {
  return derSequence(derUnsigned(raw.subarray(0, 32)), derUnsigned(raw.subarray(32)))
}

function identifierOf(key: PublicKey): Uint8Array {
  return sha256(concat(key.bytes)).subarray(0, 20)
}
