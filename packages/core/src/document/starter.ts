import type { Contacts } from '../catalog/catalog.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { expectBytes, expectText } from '../cbor/expect.ts'
import { Fields } from '../cbor/fields.ts'
import type { CborKey, CborValue } from '../cbor/value.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { maxPathLength } from '../x509/path.ts'
import { openContainer } from './container.ts'
import { textLimit } from './limits.ts'
import { present, presentFields } from './present.ts'
import { fileMark } from '../product-name.ts'

/**
 * All that a new host or client of a vendor needs (rule 48, protocol.md §5). The file itself is not signed: whoever
 * takes it shows the vendor and the fingerprints of the roots, and opens the pack with these roots.
 */
export interface Starter {
  readonly pack: Uint8Array
  /** Certificates in DER, one to five. */
  readonly roots: readonly Uint8Array[]
  /** Address of the authority, an https URL. */
  readonly authority: string
  readonly contacts: Contacts
  /** Enrolment token, 16 to 64 bytes: a secret, for one host and 30 days. Never the host key. */
  readonly token?: Uint8Array
  /** What was agreed with the customer, in CBOR with the keys of protocol.md §2.4, to be shown. */
  readonly entitlement?: Uint8Array
}

/** The first value of every starter file. */
export const starterMark: string = fileMark('starter')

const version = 1
const what = 'starter file'
const tokenLength = { least: 16, most: 64 }

/** Writes a starter file. */
export function encodeStarter({ pack, roots, authority, contacts, token, entitlement }: Starter): Uint8Array {
  const content = presentFields([
    [1, pack],
    [2, roots],
    [3, authority],
    [4, encodeContacts(contacts)],
    [5, token],
    [6, entitlement],
  ])
  return encodeCbor([starterMark, version, content])
}

/** Reads a starter file and believes nothing: `MALFORMED`, `UNSUPPORTED_VERSION` or `UNKNOWN_CRITICAL`. */
export function parseStarter(bytes: Uint8Array): Starter {
  const fields = new Fields(openContainer(bytes, { name: starterMark, version, what }), what)
  const starter = present({
    pack: fields.bytes(1),
    roots: expectSome(fields.list(2, (root, name) => expectBytes(root, name))),
    authority: expectAddress(fields.text(3, textLimit)),
    contacts: readContacts(fields.fields(4)),
    token: fields.optional(5, (key) => expectToken(fields.bytes(key))),
    entitlement: fields.optional(6, (key) => fields.bytes(key)),
  })
  fields.end()
  return starter
}

function encodeContacts({ email, phone, url }: Contacts): CborValue {
  return presentFields([
    [1, email],
    [2, phone],
    [3, url],
  ])
}

function readContacts(fields: Fields): Contacts {
  const text = (key: CborKey): string => expectText(fields.value(key), `${what}: contact`, textLimit)
  const contacts = present({
    email: fields.optional(1, text),
    phone: fields.optional(2, text),
    url: fields.optional(3, text),
  })
  fields.end()
  return contacts
}

function expectSome(roots: readonly Uint8Array[]): readonly Uint8Array[] {
  if (roots.length > 0 && roots.length <= maxPathLength) return roots
  throw new ActivationError('MALFORMED', `the ${what} must hold 1 to ${maxPathLength} roots, not ${roots.length}`)
}

function expectAddress(address: string): string {
  if (/^https:\/\/[!-~]+$/.test(address)) return address
  throw new ActivationError('MALFORMED', `the address of the authority must be an https URL, not "${address}"`)
}

function expectToken(token: Uint8Array): Uint8Array {
  const { least, most } = tokenLength
  if (token.length >= least && token.length <= most) return token
  throw new ActivationError('MALFORMED', `the token of the ${what} must have ${least} to ${most} bytes`)
}
