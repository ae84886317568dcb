import { ActivationError } from './errors/activation-error.ts'

const textEncoder = new TextEncoder()
const textDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Joins byte strings into one new array. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

/** Whether two byte strings are the same. Not in constant time: for public values only. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false
  return true
}

/** Orders byte strings as RFC 8949 §4.2.1 orders encoded keys: byte by byte, a prefix before what it begins. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const difference = a.findIndex((byte, index) => byte !== b[index])
  if (difference === -1) return a.length - b.length
  return difference < b.length ? Number(a[difference]) - Number(b[difference]) : 1
}

/** The two digits of every byte, one after the other. */
const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')).join('')

/** Writes bytes as lowercase hexadecimal digits. */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += hexPairs.slice(2 * byte, 2 * byte + 2)
  return text
}

/** Reads hexadecimal digits, all lowercase or all uppercase, without separators; anything else is `MALFORMED`, not quoted. */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^(?:[0-9a-f]*|[0-9A-F]*)$/.test(text)) {
    throw new ActivationError(
      'MALFORMED',
      `${text.length} characters are not hexadecimal: an even number of digits in one case`,
    )
  }
  return Uint8Array.from({ length: text.length / 2 }, (_, index) => parseInt(text.slice(2 * index, 2 * index + 2), 16))
}

/** Encodes text as UTF-8. */
export function utf8(text: string): Uint8Array {
  return textEncoder.encode(text)
}

/** Decodes UTF-8; `undefined` when the bytes are not valid UTF-8. A byte order mark is kept as a character. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return textDecoder.decode(bytes)
  } catch {
    return undefined
  }
}

/** Writes bytes as base64 with padding (RFC 4648 §4). */
export function encodeBase64(bytes: Uint8Array): string {
  let text = ''
  for (let offset = 0; offset < bytes.length; offset += 3) text += encodeThree(bytes.subarray(offset, offset + 3))
  return text
}

/** Writes bytes as base64url without padding (RFC 4648 §5), as JWK has it. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Reads base64 as RFC 4648 §4 has it: padded, without line breaks, unused bits zero (rule 12); else `MALFORMED`. */
export function decodeBase64(text: string): Uint8Array {
  const digits = text.replace(/={1,2}$/, '')
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4))
  let bits = 0
  let buffer = 0
  let length = 0
  for (const digit of digits) {
    buffer = ((buffer << 6) | base64Alphabet.indexOf(digit)) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[length++] = buffer >> bits
  }
  // One text has one encoding: whatever does not come back the same was not canonical.
  if (encodeBase64(bytes) !== text) {
    // The text is not quoted: it may be a private key.
    throw new ActivationError('MALFORMED', `${text.length} characters are not base64 as RFC 4648 §4 has it`)
  }
  return bytes
}

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function encodeThree(bytes: Uint8Array): string {
  const [first = 0, second = 0, third = 0] = bytes
  const triple = (first << 16) | (second << 8) | third
  const text = [18, 12, 6, 0].map((shift) => base64Alphabet.charAt((triple >> shift) & 63)).join('')
  return text.slice(0, bytes.length + 1).padEnd(4, '=')
}

/** Cuts text from outside to a length that fits in a message. */
export function excerpt(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`
}
