import { tags } from '@volact/core/der/tags'
import { derElement, derOid, derSequence } from '@volact/core/der/writer'
import { derText } from './der-values.ts'

/** What our certificates say in a distinguished name. Each part is cut to the 64 characters of RFC 5280 (ub-common-name). */
export interface DistinguishedName {
  readonly commonName: string
  readonly organization?: string
}

const maxCharacters = 64

/** Writes a Name (RFC 5280 §4.1.2.4), the organization before the common name. */
export function derName({ commonName, organization }: DistinguishedName): Uint8Array {
  const parts: Uint8Array[] = []
  if (organization !== undefined) parts.push(attribute('2.5.4.10', organization))
  return derSequence(...parts, attribute('2.5.4.3', commonName))
}

function attribute(oid: string, text: string): Uint8Array {
  return derElement(tags.set, derSequence(derOid(oid), derText(printable(text))))
}

/** A name comes from a catalog or from a person; control characters in it would lie to whoever prints it. */
function printable(text: string): string {
  return Array.from(text.replace(/\p{Cc}/gu, ' ').trim())
    .slice(0, maxCharacters)
    .join('')
}
