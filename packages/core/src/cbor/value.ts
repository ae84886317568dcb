/** What our subset of CBOR can say. Integers lie within ±(2^53 − 1); there are no floats, and no `undefined`. */
export type CborValue = number | string | boolean | null | Uint8Array | readonly CborValue[] | CborMap | CborTagged

/** The key of a map: an integer or a text. */
export type CborKey = number | string

/** A map. Its order means nothing: encoding sorts the keys. */
export type CborMap = ReadonlyMap<CborKey, CborValue>

/** A value with a tag before it. */
export interface CborTagged {
  readonly tag: number
  readonly value: CborValue
}

/** Whether the value is an array. */
export function isCborArray(value: CborValue): value is readonly CborValue[] {
  return Array.isArray(value)
}

/** Whether the value is a map. */
export function isCborMap(value: CborValue): value is CborMap {
  return value instanceof Map
}

/** Whether the value has a tag. */
export function isCborTagged(value: CborValue): value is CborTagged {
  return typeof value === 'object' && value !== null && 'tag' in value
}
