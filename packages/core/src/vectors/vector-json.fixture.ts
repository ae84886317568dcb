import { fromHex, toHex } from '../bytes.ts'

/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** A set of named values, as the cases of vectors have them after `fromJson`. */
export type Named = Readonly<Record<string, unknown>>

/** One case of a file of vectors: an input, and either what comes out or the code with which it is refused. */
export interface VectorCase {
  readonly name: string
  readonly input: Readonly<Record<string, Json>>
  readonly output?: Json
  readonly error?: string
  /** A good case that holds what is ignored, so that its output, written again, gives other bytes. */
  readonly lossy?: true
}

/** A file of vectors, as `vectors/README.md` describes it. */
export interface VectorFile {
  readonly format: string
  /** The section of docs/protocol.md. */
  readonly section: string
  readonly about: string
  /** Inputs that all cases have in common. */
  readonly shared: Readonly<Record<string, Json>>
  readonly good: readonly VectorCase[]
  readonly bad: readonly VectorCase[]
}

const bytesMark = 'hex:'

/**
 * Writes a value as JSON: bytes as "hex:" and their digits, maps as {"map": [[key, value], …]}, and leaves out what is
 * undefined.
 */
export function toJson(value: unknown): Json {
  if (value instanceof Uint8Array) return bytesMark + toHex(value)
  if (Array.isArray(value)) return value.map(toJson)
  if (value instanceof Map) return { map: Array.from(value, ([key, field]) => [toJson(key), toJson(field)]) }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined)
    return Object.fromEntries(fields.map(([name, field]) => [name, toJson(field)]))
  }
  if (typeof value === 'string' && value.startsWith(bytesMark))
    throw new Error(`a text that looks like bytes: ${value}`)
  return value as Json
}

/** Reads what `toJson` writes. */
export function fromJson(json: Json): unknown {
  if (typeof json === 'string') return json.startsWith(bytesMark) ? fromHex(json.slice(bytesMark.length)) : json
  if (typeof json !== 'object' || json === null) return json
  if (isList(json)) return json.map(fromJson)
  const { map, ...others } = json
  if (map !== undefined && isList(map) && Object.keys(others).length === 0) {
    return new Map(map.map((pair) => fromJson(pair) as [unknown, unknown]))
  }
  return Object.fromEntries(Object.entries(json).map(([name, field]) => [name, fromJson(field)]))
}

/** The values of a case: its own, and those that it shares with the others. */
export function inputOf(file: VectorFile, { input }: VectorCase): Named {
  return fromJson({ ...file.shared, ...input }) as Named
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json)
}
