import { publicKeyFromSpki, sha256, verifyDer } from '../crypto.ts'
import type { PublicKey } from '../crypto.ts'
import { DerReader } from '../der/reader.ts'
import { contextConstructed, tags } from '../der/tags.ts'
import { ActivationError } from '../errors/activation-error.ts'
import type { Instant } from '../time.ts'
import {
  parseAuthorityKeyIdentifier,
  parseBasicConstraints,
  parseExtendedKeyUsage,
  parseKeyUsage,
  parseSubjectKeyIdentifier,
  readExtensions,
} from './extension.ts'
import type { BasicConstraints, Extension, KeyUsage } from './extension.ts'
import { isEmptyName, isSameName, readName } from './name.ts'
import type { Name } from './name.ts'
import { standardOids } from './oids.ts'
import { expectAlgorithm, parseSigned } from './signed.ts'

/** An X.509 certificate as it was received. Nothing in it is believed before `verifyPath` has accepted it. */
export interface Certificate {
  readonly der: Uint8Array
  /** SHA-256 over `der`: 32 bytes. */
  readonly fingerprint: Uint8Array
  /** The bytes that the issuer signed. */
  readonly signed: Uint8Array
  /** ECDSA signature in DER. */
  readonly signature: Uint8Array
  /** The serial number, most significant byte first, without a zero before it: 1 to 20 bytes. */
  readonly serial: Uint8Array
  readonly issuer: Name
  readonly subject: Name
  readonly notBefore: Instant
  /** The last second in which it is valid. */
  readonly notAfter: Instant
  readonly publicKey: PublicKey
  readonly extensions: readonly Extension[]
  readonly basicConstraints: BasicConstraints | undefined
  readonly keyUsage: ReadonlySet<KeyUsage> | undefined
  readonly extendedKeyUsage: readonly string[] | undefined
  /** Hexadecimal digits. */
  readonly subjectKeyIdentifier: string | undefined
  /** Hexadecimal digits. */
  readonly authorityKeyIdentifier: string | undefined
}

const maxSerialLength = 20

/** Reads a certificate of version 3 with a P-256 key (RFC 5280 §4.1), strictly; anything else is `MALFORMED`. */
export function parseCertificate(der: Uint8Array): Certificate {
  // A copy: certificates are kept, and must not change or keep alive what they came in.
  const bytes = new Uint8Array(der)
  const { content, signature } = parseSigned(bytes, what)
  const reader = new DerReader(content, what).sequence()
  expectVersion3(reader)
  const serial = readSerial(reader)
  expectAlgorithm(reader, what)
  const issuer = readNonEmptyName(reader)
  const validity = readValidity(reader)
  const subject = readNonEmptyName(reader)
  const publicKey = readPublicKey(reader)
  const wrapper = reader.inside(contextConstructed(3))
  const extensions = readExtensions(wrapper, what)
  wrapper.end()
  reader.end()
  return {
    ...{ der: bytes, fingerprint: sha256(bytes), signed: content, signature },
    ...{ serial, issuer, subject, ...validity, publicKey, extensions },
    ...readKnownExtensions(extensions),
  }
}

/** The DER inside an extension of the certificate, if it has it. */
export function extensionValue({ extensions }: Certificate, oid: string): Uint8Array | undefined {
  return extensions.find((extension) => extension.oid === oid)?.value
}

/** Whether the certificate was signed by the key of another one. This says nothing about whether it might have been. */
export function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  return verifyDer(issuer.publicKey, certificate.signed, certificate.signature)
}

/** Whether the certificate names itself as its issuer and was signed by its own key, as roots are. */
export function isSelfSigned(certificate: Certificate): boolean {
  return isSameName(certificate.issuer, certificate.subject) && isSignedBy(certificate, certificate)
}

const what = 'certificate'

function expectVersion3(reader: DerReader): void {
  const version = reader.inside(contextConstructed(0))
  if (version.smallUnsigned() !== 2) throw new ActivationError('MALFORMED', 'the certificate is not of version 3')
  version.end()
}

function readSerial(reader: DerReader): Uint8Array {
  const serial = reader.unsigned()
  if (serial.length === 0 || serial.length > maxSerialLength) {
    throw new ActivationError('MALFORMED', 'the serial number of the certificate is zero or longer than 20 bytes')
  }
  return serial
}

function readNonEmptyName(reader: DerReader): Name {
  const name = readName(reader, what)
  if (isEmptyName(name)) throw new ActivationError('MALFORMED', 'a name in the certificate is empty')
  return name
}

function readValidity(reader: DerReader): { notBefore: Instant; notAfter: Instant } {
  const validity = reader.sequence()
  const notBefore = validity.time()
  const notAfter = validity.time()
  validity.end()
  return { notBefore, notAfter }
}

function readPublicKey(reader: DerReader): PublicKey {
  const key = publicKeyFromSpki(reader.whole(tags.sequence))
  if (key.algorithm !== 'ESP256') throw new ActivationError('MALFORMED', 'the key of a certificate must be of P-256')
  return key
}

type KnownExtensions = Pick<
  Certificate,
  'basicConstraints' | 'keyUsage' | 'extendedKeyUsage' | 'subjectKeyIdentifier' | 'authorityKeyIdentifier'
>

function readKnownExtensions(extensions: readonly Extension[]): KnownExtensions {
  const read = <T>(oid: string, parse: (value: Uint8Array) => T): T | undefined => {
    const extension = extensions.find((candidate) => candidate.oid === oid)
    return extension && parse(extension.value)
  }
  return {
    basicConstraints: read(standardOids.basicConstraints, parseBasicConstraints),
    keyUsage: read(standardOids.keyUsage, parseKeyUsage),
    extendedKeyUsage: read(standardOids.extendedKeyUsage, parseExtendedKeyUsage),
    subjectKeyIdentifier: read(standardOids.subjectKeyIdentifier, parseSubjectKeyIdentifier),
    authorityKeyIdentifier: read(standardOids.authorityKeyIdentifier, parseAuthorityKeyIdentifier),
  }
}
