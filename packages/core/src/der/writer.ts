import { concat } from '../bytes.ts'
import { encodeOid } from './oid.ts'
import { tags } from './tags.ts'

/** Writes one element: tag, minimal length, and the contents joined. */
export function derElement(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = concat(...contents)
  return concat(Uint8Array.of(tag, ...lengthBytes(content.length)), content)
}

/** Writes a SEQUENCE of elements. */
export function derSequence(...elements: readonly Uint8Array[]): Uint8Array {
  return derElement(tags.sequence, ...elements)
}

/** Writes an INTEGER from 0, given its bytes, most significant first. */
export function derUnsigned(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0)
  const minimal = start === -1 ? new Uint8Array() : bytes.subarray(start)
  const [first = 0x80] = minimal
  return derElement(tags.integer, first > 0x7f ? Uint8Array.of(0) : new Uint8Array(), minimal)
}

/** Writes an OBJECT IDENTIFIER, given as dotted decimals. */
export function derOid(oid: string): Uint8Array {
  return derElement(tags.oid, encodeOid(oid))
}

/** Writes an OCTET STRING. */
export function derOctetString(bytes: Uint8Array): Uint8Array {
  return derElement(tags.octetString, bytes)
}

/** Writes NULL. */
export function derNull(): Uint8Array {
  return derElement(tags.null)
}

function lengthBytes(length: number): readonly number[] {
  if (length < 0x80) return [length]
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return [0x80 | bytes.length, ...bytes]
}
