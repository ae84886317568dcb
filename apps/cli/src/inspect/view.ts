import { toHex } from '@volact/core/bytes'
import { uuidFromBytes } from '@volact/core/catalog/uuid'
import { toIso } from '@volact/core/time'

/** What a document says, in values that JSON has. */
export type View = string | number | boolean | null | readonly View[] | { readonly [name: string]: View }

/** Byte strings longer than this are only counted: they are documents of their own, or signatures. */
const longestShown = 64

/**
 * Turns what a parser gave into a view: times as UTC, bytes as hexadecimal digits, activation and application IDs as UUIDs.
 * `open` may read a long byte string as the document that it is.
 */
export function viewOf(value: unknown, open: (bytes: Uint8Array) => View | undefined = () => undefined): View {
  return show(value, '', open)
}

type Open = (bytes: Uint8Array) => View | undefined

function show(value: unknown, name: string, open: Open): View {
  if (value instanceof Uint8Array) return showBytes(value, name, open)
  if (Array.isArray(value)) return value.map((item) => show(item, name, open))
  if (value instanceof Map)
    return showFields(
      [...value].map(([key, item]) => [String(key), item]),
      open,
    )
  if (typeof value === 'object' && value !== null) return showFields(Object.entries(value), open)
  if (typeof value === 'number') return instants.has(name) ? toIso(value) : value
  return typeof value === 'string' || typeof value === 'boolean' ? value : null
}

function showFields(fields: readonly (readonly [string, unknown])[], open: Open): View {
  return Object.fromEntries(fields.map(([name, value]) => [name, show(value, name, open)]))
}

function showBytes(bytes: Uint8Array, name: string, open: Open): View {
  if (uuids.has(name) && bytes.length === 16) return uuidFromBytes(bytes)
  if (bytes.length <= longestShown) return toHex(bytes)
  return open(bytes) ?? `${bytes.length} bytes`
}

/** What fields with these names hold is a time in all of our documents. */
const instants: ReadonlySet<string> = new Set([
  ...['time', 'issued', 'expires', 'notBefore', 'notAfter', 'agreementEnds', 'cutoff', 'epoch'],
])

const uuids: ReadonlySet<string> = new Set(['product', 'application'])
