import { ActivationError } from '../errors/activation-error.ts'
import { excerpt } from '../bytes.ts'
import {
  expectArray,
  expectBool,
  expectBytes,
  expectInt,
  expectMap,
  expectTagged,
  expectText,
  expectUint,
} from './expect.ts'
import type { CborKey, CborMap, CborValue } from './value.ts'

/**
 * The fields of a map, each taken once. A parser names every field it knows and then calls `end`, so that nothing in a
 * document goes unread. A field that is missing or of the wrong type is `MALFORMED`.
 *
 * ```ts
 * const fields = new Fields(value, 'request')
 * const request = {
 *   machine: fields.bytes(2, 32),
 *   previous: fields.optional(7, (key) => fields.bytes(key, 16)),
 * }
 * fields.end()
 * ```
 */
export class Fields {
  readonly #map: CborMap
  readonly #what: string
  readonly #taken = new Set<CborKey>()

  /** Takes a value that must be a map; `what` names it in messages. */
  constructor(value: CborValue, what: string) {
    this.#map = expectMap(value, what)
    this.#what = what
  }

  /** Whether the field is there. This does not take it. */
  has(key: CborKey): boolean {
    return this.#map.has(key)
  }

  /** Takes a field with `read` if it is there. */
  optional<T>(key: CborKey, read: (key: CborKey) => T): T | undefined {
    return this.has(key) ? read(key) : undefined
  }

  /** Takes a field of any type. */
  value(key: CborKey): CborValue {
    if (this.#taken.has(key)) throw new Error(`${this.#name(key)} is taken twice`)
    const value = this.#map.get(key)
    if (value === undefined) throw new ActivationError('MALFORMED', `${this.#name(key)} is missing`)
    this.#taken.add(key)
    return value
  }

  /** Takes a number from 0. */
  uint(key: CborKey): number {
    return expectUint(this.value(key), this.#name(key))
  }

  /** Takes an integer. */
  int(key: CborKey): number {
    return expectInt(this.value(key), this.#name(key))
  }

  /** Takes a byte string, of exactly `length` bytes if one is given. */
  bytes(key: CborKey, length?: number): Uint8Array {
    return expectBytes(this.value(key), this.#name(key), length)
  }

  /** Takes a text of at most `maxLength` UTF-16 code units. */
  text(key: CborKey, maxLength: number): string {
    return expectText(this.value(key), this.#name(key), maxLength)
  }

  /** Takes true or false. */
  bool(key: CborKey): boolean {
    return expectBool(this.value(key), this.#name(key))
  }

  /** Takes an array, of exactly `length` values if one is given. */
  array(key: CborKey, length?: number): readonly CborValue[] {
    return expectArray(this.value(key), this.#name(key), length)
  }

  /** Takes an array and reads each of its values; `read` is given the value and its name for messages. */
  list<T>(key: CborKey, read: (value: CborValue, what: string) => T): readonly T[] {
    return this.array(key).map((value, index) => read(value, `${this.#name(key)}[${index}]`))
  }

  /** Takes a map as it is. */
  map(key: CborKey): CborMap {
    return expectMap(this.value(key), this.#name(key))
  }

  /** Takes a map as fields of their own, which need an `end` of their own. */
  fields(key: CborKey): Fields {
    return new Fields(this.value(key), this.#name(key))
  }

  /** Takes what stands behind a tag. */
  tagged(key: CborKey, tag: number): CborValue {
    return expectTagged(this.value(key), this.#name(key), tag)
  }

  /** Refuses with `UNKNOWN_CRITICAL` what was not taken and must be understood: numbers from 0, and texts. */
  end(): void {
    this.#refuse((key) => typeof key === 'string' || key >= 0)
  }

  /** Refuses with `UNKNOWN_CRITICAL` whatever was not taken: negative numbers, else free to be ignored, as well. */
  endStrict(): void {
    this.#refuse(() => true)
  }

  #refuse(mustUnderstand: (key: CborKey) => boolean): void {
    if (this.#taken.size === this.#map.size) return
    const unknown = Array.from(this.#map.keys()).find((key) => !this.#taken.has(key) && mustUnderstand(key))
    if (unknown === undefined) return
    throw new ActivationError('UNKNOWN_CRITICAL', `${this.#name(unknown)} is unknown here; a newer version may know it`)
  }

  #name(key: CborKey): string {
    return typeof key === 'number' ? `${this.#what}: field ${key}` : `${this.#what}: field "${excerpt(key)}"`
  }
}

/** The values of an array of exactly `length` as fields 0, 1, 2 …, for arrays whose places have meanings. */
export function fieldsOfArray(value: CborValue, what: string, length: number): Fields {
  return new Fields(new Map(expectArray(value, what, length).entries()), what)
}
