import { ActivationError } from '@volact/core/errors/activation-error'
import { concat } from '@volact/core/bytes'

/** The most bytes of a name on the wire, with the lengths of its labels and the root (RFC 1035 §2.3.4). */
export const longestName = 255
/** The most bytes of a label. */
export const longestLabel = 63

/**
 * Writes a name uncompressed. Names are texts in lower case without the dot at their end, the root is empty; a byte that is no
 * plain character stands as `\DDD` (RFC 1035 §5.1). `MALFORMED` for what is no name.
 */
export function encodeName(name: string): Uint8Array {
  const labels = labelsOf(name)
  const bytes = concat(...labels.map((label) => concat(Uint8Array.of(label.length), label)), Uint8Array.of(0))
  if (bytes.length <= longestName && labels.every(({ length }) => length >= 1 && length <= longestLabel)) return bytes
  throw new ActivationError('MALFORMED', `"${name.slice(0, longestName)}" is no DNS name`)
}

/** Writes the bytes of a label as text, ASCII letters in lower case. */
export function labelText(label: Uint8Array): string {
  return Array.from(label, (byte) => texts[byte]).join('')
}

/** Says whether a name is a zone's own or lies in it. */
export function isWithin(name: string, zone: string): boolean {
  return zone === '' || name === zone || name.endsWith(`.${zone}`)
}

/** The name without its first label; nothing for the root. */
export function parentOf(name: string): string | undefined {
  if (name === '') return undefined
  const dot = name.indexOf('.')
  return dot === -1 ? '' : name.slice(dot + 1)
}

const isPlain = /[A-Za-z0-9_-]/

/** What each byte is written as. */
const texts = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte)
  return isPlain.test(character) ? character.toLowerCase() : `\\${String(byte).padStart(3, '0')}`
})

function labelsOf(name: string): readonly Uint8Array[] {
  return name === '' ? [] : name.split('.').map(labelBytes)
}

function labelBytes(text: string): Uint8Array {
  const bytes: number[] = []
  for (const [all, digits] of text.matchAll(/\\(\d{3})|[^]/g)) {
    const byte = digits === undefined ? all.charCodeAt(0) : Number(digits)
    if (byte > 0xff || (digits === undefined && !isPlain.test(all))) {
      throw new ActivationError('MALFORMED', `"${text.slice(0, longestName)}" is no label of a DNS name`)
    }
    bytes.push(byte)
  }
  return Uint8Array.from(bytes)
}
