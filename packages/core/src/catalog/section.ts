import { type Draft, inside, type Reader, shown, take, Wrong } from './entry.ts'
import type { Range } from './limits.ts'
import { didYouMean } from './nearest.ts'

/** How one value of a section is read. */
export interface Field<T> {
  readonly read: Reader<Draft<T>>
  /** The key in the input, where it differs from the name in the type. */
  readonly key?: string
  /** Tells whoever left the key out what to write; without it the key may be left out. */
  readonly hint?: string
}

/** One field for every property of `T`, optional ones included. */
export type Fields<T> = { readonly [K in keyof T]-?: Field<Exclude<T[K], undefined>> }

/** A value that must be there; `hint` ends the message about a missing one. */
export function required<T>(read: Reader<Draft<T>>, hint: string): Field<T> {
  return { read, hint }
}

/** A value that may be left out, and then is left out of what is read; `key` where the input has another name for it. */
export function optional<T>(read: Reader<Draft<T>>, key?: string): Field<T> {
  return key === undefined ? { read } : { read, key }
}

/** Reads a section of keys and values, of which no others may be there. */
export function section<T>(fields: Fields<T>): Reader<Draft<T>> {
  const known = Object.entries<Field<unknown>>(fields).map(([name, field]) => ({
    name,
    key: name,
    hint: '',
    ...field,
  }))
  const keys = known.map(({ key }) => key)
  return (entry) => {
    const { value } = entry
    if (!isSection(value)) {
      return new Wrong(`must be a section with the keys ${keys.join(', ')}, but is ${shown(value)}`)
    }
    for (const key of Object.keys(value).filter((found) => !keys.includes(found))) {
      take(unknownKey(key, keys), inside(entry, key, value[key]))
    }
    const fields = known.filter(({ key, hint }) => hint !== '' || Object.hasOwn(value, key))
    const read = fields.map((field) => {
      const reader = Object.hasOwn(value, field.key) ? field.read : missing(field.hint)
      return [field.name, take(reader, inside(entry, field.key, value[field.key]))]
    })
    return Object.fromEntries(read) as Draft<T>
  }
}

/** Reads a list whose entries are all alike and whose length lies in a range. */
export function list<T>(read: Reader<Draft<T>>, { min, max }: Range): Reader<readonly (Draft<T> | undefined)[]> {
  return (entry) => {
    const { value } = entry
    if (!Array.isArray(value)) return new Wrong(`must be a list, each entry after a hyphen, but is ${shown(value)}`)
    if (value.length < min) return new Wrong(`must have at least ${min} entry, but has none: add one`)
    if (value.length > max) return new Wrong(`has ${value.length} entries, at most ${max} are allowed: remove some`)
    return value.map((item: unknown, index) => take(read, inside(entry, index, item)))
  }
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function missing(hint: string): Reader<never> {
  return () => new Wrong(`is missing: add it, ${hint}`)
}

function unknownKey(key: string, known: readonly string[]): Reader<never> {
  return () => new Wrong(`is no key of this section: ${didYouMean(key, known)}`)
}
