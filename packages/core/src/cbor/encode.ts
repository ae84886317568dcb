import { compareBytes, concat, utf8 } from '../bytes.ts'
import { isCborArray, isCborMap, isCborTagged } from './value.ts'
import type { CborMap, CborValue } from './value.ts'

/** Writes a value in the only encoding it has (RFC 8949 §4.2.1). What our subset cannot say is a bug of the caller. */
export function encodeCbor(value: CborValue): Uint8Array {
  const parts: Uint8Array[] = []
  write(value, parts)
  return concat(...parts)
}

function write(value: CborValue, parts: Uint8Array[]): void {
  if (typeof value === 'number') parts.push(integer(value))
  else if (typeof value === 'string') parts.push(...text(value))
  else if (typeof value === 'boolean') parts.push(Uint8Array.of(value ? 0xf5 : 0xf4))
  else if (value === null) parts.push(Uint8Array.of(0xf6))
  else if (value instanceof Uint8Array) parts.push(head(2, value.length), value)
  else writeStructure(value, parts)
}

function writeStructure(value: CborValue, parts: Uint8Array[]): void {
  if (isCborArray(value)) {
    parts.push(head(4, value.length))
    for (const item of value) write(item, parts)
  } else if (isCborMap(value)) {
    writeMap(value, parts)
  } else if (isCborTagged(value)) {
    parts.push(head(6, value.tag))
    write(value.value, parts)
  } else {
    throw new Error(`CBOR has no form for ${typeof value}`)
  }
}

function writeMap(map: CborMap, parts: Uint8Array[]): void {
  parts.push(head(5, map.size))
  const entries = Array.from(map, ([key, value]) => ({ key: encodeCbor(key), value }))
  for (const { key, value } of entries.sort((a, b) => compareBytes(a.key, b.key))) {
    parts.push(key)
    write(value, parts)
  }
}

function integer(value: number): Uint8Array {
  if (!Number.isSafeInteger(value)) throw new Error(`CBOR has no form for ${value}`)
  return value < 0 ? head(1, -1 - value) : head(0, value)
}

function text(value: string): readonly Uint8Array[] {
  // TextEncoder would write U+FFFD for half a surrogate pair, and two texts would have one encoding.
  if (!value.isWellFormed()) throw new Error('CBOR text must be well-formed Unicode')
  const bytes = utf8(value)
  return [head(3, bytes.length), bytes]
}

function head(major: number, argument: number): Uint8Array {
  if (!Number.isSafeInteger(argument) || argument < 0) throw new Error(`CBOR has no head for ${argument}`)
  const initial = major << 5
  if (argument < 24) return Uint8Array.of(initial | argument)
  if (argument < 0x100) return Uint8Array.of(initial | 24, argument)
  const bytes = new DataView(new ArrayBuffer(argument < 0x1_0000 ? 3 : argument < 0x1_0000_0000 ? 5 : 9))
  bytes.setUint8(0, initial | (bytes.byteLength === 3 ? 25 : bytes.byteLength === 5 ? 26 : 27))
  if (bytes.byteLength === 3) bytes.setUint16(1, argument)
  if (bytes.byteLength === 9) bytes.setUint32(1, Math.floor(argument / 0x1_0000_0000))
  if (bytes.byteLength >= 5) bytes.setUint32(bytes.byteLength - 4, argument % 0x1_0000_0000)
  return new Uint8Array(bytes.buffer)
}
