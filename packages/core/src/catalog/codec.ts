import { expectArray, expectBool, expectBytes, expectText, expectUint } from '../cbor/expect.ts'
import { Fields } from '../cbor/fields.ts'
import type { CborValue } from '../cbor/value.ts'
import { type Duration, minutes } from '../time.ts'
import { sizes } from './limits.ts'
import { uuidFromBytes, uuidToBytes } from './uuid.ts'

/** Both ways between a value and CBOR. What `fromCbor` gives has the right shape, and nothing more is known of it. */
export interface Codec<T> {
  readonly toCbor: (value: T) => CborValue
  readonly fromCbor: (value: CborValue, what: string) => T
}

/** The key of a property in the map, how it is written, and whether it may be missing. */
type Member<T> = readonly [key: number, codec: Codec<T>, presence?: 'optional']
type Members<T> = { readonly [K in keyof T]-?: Member<Exclude<T[K], undefined>> }

export const uint: Codec<number> = { toCbor: same, fromCbor: expectUint }
export const bool: Codec<boolean> = { toCbor: same, fromCbor: expectBool }
export const text: Codec<string> = { toCbor: same, fromCbor: (value, what) => expectText(value, what, sizes.contact) }
export const uuid: Codec<string> = {
  toCbor: uuidToBytes,
  fromCbor: (value, what) => uuidFromBytes(expectBytes(value, what, 16)),
}

/** Seconds, in whole minutes. */
export const time: Codec<Duration> = {
  toCbor: (seconds) => seconds / minutes(1),
  fromCbor: (value, what) => minutes(expectUint(value, what)),
}

/** One of some words, or some numbers; which they are is checked later. */
export function unchecked<T extends U, U>(codec: Codec<U>): Codec<T> {
  return { toCbor: codec.toCbor, fromCbor: (value, what) => codec.fromCbor(value, what) as T }
}

/** An array of values that are all alike. */
export function arrayOf<T>(codec: Codec<T>): Codec<readonly T[]> {
  return {
    toCbor: (values) => values.map(codec.toCbor),
    fromCbor: (value, what) => expectArray(value, what).map((item, index) => codec.fromCbor(item, `${what}[${index}]`)),
  }
}

/** A map with integer keys, one for each property. */
export function mapOf<T extends object>(members: Members<T>): Codec<T> {
  const all = Object.entries(members as Readonly<Record<string, Member<unknown>>>)
  return {
    toCbor: (value) => {
      const values = new Map<string, unknown>(Object.entries(value))
      const present = all.filter(([name]) => values.has(name))
      return new Map(present.map(([name, [key, codec]]) => [key, codec.toCbor(values.get(name))]))
    },
    fromCbor: (value, what) => {
      const fields = new Fields(value, what)
      const present = all.filter(([, [key, , presence]]) => presence !== 'optional' || fields.has(key))
      const read = present.map(([name, [key, codec]]) => [name, codec.fromCbor(fields.value(key), `${what} ${name}`)])
      fields.end()
      return Object.fromEntries(read) as T
    },
  }
}

function same<T>(value: T): T {
  return value
}
