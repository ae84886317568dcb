import { excerpt } from '../bytes.ts'

/** Where a value stands in the input: keys of sections and positions in lists, from the outside in. */
export type Path = readonly (string | number)[]

/** One mistake: where it is, and what is wrong, what was found and what to do, in one sentence. */
export interface Problem {
  readonly path: Path
  readonly message: string
}

/** One value of the input with its place, and the list to which every reader of the same parse adds its problems. */
export interface Entry {
  readonly value: unknown
  readonly path: Path
  readonly problems: Problem[]
}

/** Says why a value cannot be taken. */
export class Wrong {
  readonly message: string

  constructor(message: string) {
    this.message = message
  }
}

/** Reads a value. Mistakes deeper inside it go to the entry's problems; then it is read as far as it can be. */
export type Reader<T> = (entry: Entry) => T | Wrong

/** What has been read of `T` so far: any part of it may have been a problem. */
export type Draft<T> = T extends object ? { readonly [K in keyof T]: Draft<T[K]> | undefined } : T

/** Reads a value, or adds the problem with it and gives `undefined`, so that reading goes on elsewhere. */
export function take<T>(read: Reader<T>, entry: Entry): T | undefined {
  const result = read(entry)
  if (!(result instanceof Wrong)) return result
  entry.problems.push({ path: entry.path, message: result.message })
  return undefined
}

/** The value at a key or position inside this one. */
export function inside({ path, problems }: Entry, step: string | number, value: unknown): Entry {
  return { value, path: [...path, step], problems }
}

/** Names a value of any kind in a message, at most some forty characters long. A product key is never repeated. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return looksLikeKey(value) ? 'a product key' : JSON.stringify(excerpt(value))
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'a section of keys and values' : 'empty'
}

/** Writes a path as people do: `products[3].threshold`. */
export function formatPath(path: Path): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  )
}

function looksLikeKey(text: string): boolean {
  return /(?:\w{5}-){4}\w{5}/.test(text)
}
