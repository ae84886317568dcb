import { toHex } from '../bytes.ts'
import { DerReader } from '../der/reader.ts'
import { contextConstructed, contextPrimitive, tags } from '../der/tags.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { standardOids } from './oids.ts'

/** An extension of a certificate; `value` is the DER inside its OCTET STRING. */
export interface Extension {
  readonly oid: string
  readonly critical: boolean
  readonly value: Uint8Array
}

/** What basicConstraints says (RFC 5280 §4.2.1.9). */
export interface BasicConstraints {
  readonly ca: boolean
  readonly pathLength: number | undefined
}

/** The bits of keyUsage (RFC 5280 §4.2.1.3), in their order. */
export const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const

/** The name of one bit of keyUsage. */
export type KeyUsage = (typeof keyUsages)[number]

const maxExtensions = 32

/** Takes Extensions (RFC 5280 §4.1.2.9): at least one, none twice. */
export function readExtensions(reader: DerReader, what: string): readonly Extension[] {
  const extensions = reader.sequence().all(readExtension)
  const distinct = new Set(extensions.map(({ oid }) => oid)).size
  if (extensions.length === 0 || extensions.length > maxExtensions || distinct < extensions.length) {
    throw new ActivationError('MALFORMED', `${what} has no extensions, too many, or one of them twice`)
  }
  return extensions
}

/** Reads basicConstraints. */
export function parseBasicConstraints(value: Uint8Array): BasicConstraints {
  const [reader, sequence] = open(value, 'basicConstraints')
  const ca = sequence.optional(tags.boolean, () => readTrue(sequence, 'basicConstraints')) ?? false
  const pathLength = ca ? sequence.optional(tags.integer, () => sequence.smallUnsigned()) : undefined
  sequence.end()
  reader.end()
  return { ca, pathLength }
}

/** Reads keyUsage. */
export function parseKeyUsage(value: Uint8Array): ReadonlySet<KeyUsage> {
  const reader = new DerReader(value, 'keyUsage')
  const bits = reader.namedBits()
  reader.end()
  if (bits.length === 0 || bits.length > keyUsages.length) {
    throw new ActivationError('MALFORMED', 'keyUsage has no bits, or some that nobody knows')
  }
  return new Set(keyUsages.filter((_, index) => bits[index] === true))
}

/** Reads extKeyUsage (RFC 5280 §4.2.1.12) as dotted decimals. */
export function parseExtendedKeyUsage(value: Uint8Array): readonly string[] {
  const [reader, sequence] = open(value, 'extKeyUsage')
  const oids = sequence.all((entries) => entries.oid())
  reader.end()
  if (oids.length === 0) throw new ActivationError('MALFORMED', 'extKeyUsage is empty')
  return oids
}

/** Reads subjectKeyIdentifier, as hexadecimal digits. */
export function parseSubjectKeyIdentifier(value: Uint8Array): string {
  const reader = new DerReader(value, 'subjectKeyIdentifier')
  const identifier = reader.octetString()
  reader.end()
  return toHex(identifier)
}

/** Reads the key's identifier in authorityKeyIdentifier, as hexadecimal digits, if there is one. */
export function parseAuthorityKeyIdentifier(value: Uint8Array): string | undefined {
  const [reader, sequence] = open(value, 'authorityKeyIdentifier')
  const [identifier] = [contextPrimitive(0), contextConstructed(1), contextPrimitive(2)].map((tag) =>
    sequence.optional(tag, () => sequence.content(tag)),
  )
  sequence.end()
  reader.end()
  return identifier && toHex(identifier)
}

/** The OIDs of the extensions that the path check takes into account; any other must not be critical. */
export const understoodOids: ReadonlySet<string> = new Set([
  standardOids.basicConstraints,
  standardOids.keyUsage,
  standardOids.extendedKeyUsage,
])

function readExtension(reader: DerReader): Extension {
  const extension = reader.sequence()
  const oid = extension.oid()
  const critical = extension.optional(tags.boolean, () => readTrue(extension, `extension ${oid}`)) ?? false
  const value = extension.octetString()
  extension.end()
  return { oid, critical, value }
}

/** DER leaves out what is the default, so that a BOOLEAN that defaults to FALSE can only be TRUE. */
function readTrue(reader: DerReader, what: string): true {
  if (!reader.boolean()) throw new ActivationError('MALFORMED', `${what} writes FALSE out, which DER does not`)
  return true
}

function open(value: Uint8Array, what: string): [DerReader, DerReader] {
  const reader = new DerReader(value, what)
  return [reader, reader.sequence()]
}
