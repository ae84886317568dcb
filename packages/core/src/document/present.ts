import type { CborKey, CborMap, CborValue } from '../cbor/value.ts'

/** An object type whose fields that may be `undefined` are optional instead. */
export type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** Leaves out the fields that are `undefined`, so that an absent field has one form only. */
export function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>
}

/** Makes a map of the fields that are there. */
export function presentFields(fields: readonly (readonly [CborKey, CborValue | undefined])[]): CborMap {
  return new Map(fields.filter((field): field is readonly [CborKey, CborValue] => field[1] !== undefined))
}
