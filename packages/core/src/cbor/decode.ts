import { decodeUtf8 } from '../bytes.ts'
import { ActivationError } from '../errors/activation-error.ts'
import type { CborKey, CborMap, CborTagged, CborValue } from './value.ts'

/** How deep arrays, maps and tags may lie in each other, and how many data items there may be in all. */
export interface CborLimits {
  readonly depth: number
  readonly items: number
}

/** Enough for every document; the size in bytes is limited by whoever reads them. */
export const defaultCborLimits: CborLimits = { depth: 16, items: 65_536 }

/**
 * Reads one value in the only encoding it has (RFC 8949 §4.2.1): shortest forms, sorted keys, nothing after it. Byte
 * strings are copies and keep nothing of `bytes` alive. Anything else is `MALFORMED`, with the offset of what is wrong.
 */
export function decodeCbor(bytes: Uint8Array, limits: CborLimits = defaultCborLimits): CborValue {
  const cursor = new Cursor(bytes, limits)
  const value = cursor.value()
  cursor.end()
  return value
}

/** A position in the bytes that only moves forward and never past their end. */
class Cursor {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #offset = 0
  #items: number
  #depth: number

  constructor(bytes: Uint8Array, limits: CborLimits) {
    // A plain view, because `slice` of a subclass may alias (Buffer does).
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#items = limits.items
    this.#depth = limits.depth
  }

  value(): CborValue {
    if (--this.#items < 0) throw malformed('too many data items', this.#offset)
    const start = this.#offset
    const initial = this.#view.getUint8(this.#take(1))
    const argument = this.#argument(initial & 31, start)
    switch (initial >> 5) {
      case 0:
        return argument
      case 1:
        return this.#negative(argument, start)
      case 2:
        return this.#byteString(argument)
      case 3:
        return this.#text(argument)
      case 4:
        return this.#array(argument, start)
      case 5:
        return this.#map(argument, start)
      case 6:
        return this.#tagged(argument, start)
      default:
        return simple(initial, start)
    }
  }

  end(): void {
    if (this.#offset !== this.#bytes.length) throw malformed('bytes after the end of the value', this.#offset)
  }

  #take(length: number): number {
    const start = this.#offset
    if (length > this.#bytes.length - start) throw malformed('the bytes end too early', start)
    this.#offset += length
    return start
  }

  #argument(information: number, start: number): number {
    if (information < 24) return information
    switch (information) {
      case 24:
        return shortest(this.#view.getUint8(this.#take(1)), 24, start)
      case 25:
        return shortest(this.#view.getUint16(this.#take(2)), 0x100, start)
      case 26:
        return shortest(this.#view.getUint32(this.#take(4)), 0x1_0000, start)
      case 27:
        return this.#argument64(start)
      default:
        throw malformed('an indefinite or reserved length', start)
    }
  }

  #argument64(start: number): number {
    const high = this.#view.getUint32(this.#take(4))
    const low = this.#view.getUint32(this.#take(4))
    if (high > 0x1f_ffff) throw malformed('a number beyond 2^53 − 1', start)
    return shortest(high * 0x1_0000_0000 + low, 0x1_0000_0000, start)
  }

  #negative(argument: number, start: number): number {
    if (argument === Number.MAX_SAFE_INTEGER) throw malformed('a number below −(2^53 − 1)', start)
    return -1 - argument
  }

  #byteString(length: number): Uint8Array {
    const start = this.#take(length)
    return this.#bytes.slice(start, start + length)
  }

  #text(length: number): string {
    const start = this.#take(length)
    const text = decodeText(this.#bytes.subarray(start, start + length))
    if (text === undefined) throw malformed('text that is not UTF-8', start)
    return text
  }

  #array(length: number, start: number): readonly CborValue[] {
    this.#enter(start)
    const values: CborValue[] = []
    for (let index = 0; index < length; index++) values.push(this.value())
    this.#depth++
    return values
  }

  #map(length: number, start: number): CborMap {
    this.#enter(start)
    const map = new Map<CborKey, CborValue>()
    let before = start
    for (let index = 0; index < length; index++) {
      const at = this.#offset
      const key = this.value()
      if (typeof key !== 'number' && typeof key !== 'string') throw malformed('a key that is no number or text', at)
      if (index > 0 && !this.#isSorted(before, at)) throw malformed('keys that are unsorted or double', at)
      before = at
      map.set(key, this.value())
    }
    this.#depth++
    return map
  }

  #tagged(tag: number, start: number): CborTagged {
    this.#enter(start)
    const value = this.value()
    this.#depth++
    return { tag, value }
  }

  #enter(start: number): void {
    if (--this.#depth < 0) throw malformed('values too deep in each other', start)
  }

  /** Whether the key that begins at `before` comes strictly before the one from `next` to the cursor. */
  #isSorted(before: number, next: number): boolean {
    // No encoded key begins with another one, so that two that are not the same differ before either ends.
    for (let offset = 0; next + offset < this.#offset; offset++) {
      const difference = this.#view.getUint8(next + offset) - this.#view.getUint8(before + offset)
      if (difference !== 0) return difference > 0
    }
    return false
  }
}

function simple(initial: number, start: number): boolean | null {
  switch (initial) {
    case 0xf4:
      return false
    case 0xf5:
      return true
    case 0xf6:
      return null
    default:
      throw malformed('a float or simple value other than true, false and null', start)
  }
}

function shortest(value: number, least: number, start: number): number {
  if (value < least) throw malformed('a number that is not in its shortest form', start)
  return value
}

// Short texts of ASCII, which is nearly all of them, are read faster by hand.
const shortText = 32

function decodeText(bytes: Uint8Array): string | undefined {
  if (bytes.length > shortText) return decodeUtf8(bytes)
  let text = ''
  for (const byte of bytes) {
    if (byte > 0x7f) return decodeUtf8(bytes)
    text += String.fromCharCode(byte)
  }
  return text
}

function malformed(what: string, offset: number): ActivationError {
  return new ActivationError('MALFORMED', `not deterministic CBOR: ${what}, at byte ${offset}`, { data: { offset } })
}
