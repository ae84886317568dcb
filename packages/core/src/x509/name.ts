import { equal, fromHex } from '../bytes.ts'
import { DerReader } from '../der/reader.ts'
import { tags } from '../der/tags.ts'

/** A distinguished name: its bytes, which are what is compared, and a text for people. */
export interface Name {
  readonly raw: Uint8Array
  /** Like `CN=Example Root, O=Example`; empty for the empty name. */
  readonly text: string
}

/** Takes a Name (RFC 5280 §4.1.2.4). */
export function readName(reader: DerReader, what: string): Name {
  const raw = reader.whole(tags.sequence)
  const sets = new DerReader(raw, what).sequence().all((names) => names.inside(tags.set))
  return { raw, text: sets.map(readAttributes).join(', ') }
}

/** Whether two names are the same bytes. */
export function isSameName(a: Name, b: Name): boolean {
  return equal(a.raw, b.raw)
}

/** Whether the name names nobody. */
export function isEmptyName({ raw }: Name): boolean {
  return equal(raw, emptyName)
}

const emptyName = fromHex('3000')

function readAttributes(set: DerReader): string {
  return set
    .all((attributes) => {
      const attribute = attributes.sequence()
      const type = attribute.oid()
      const value = attribute.text()
      attribute.end()
      return `${shortNames[type] ?? type}=${value.replace(/[,+\\]/g, '\\$&')}`
    })
    .join('+')
}

const shortNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'SERIALNUMBER',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'EMAIL',
}
