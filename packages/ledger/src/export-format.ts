import type { CborValue } from '@volact/core/cbor/value'
import { decodeCbor } from '@volact/core/cbor/decode'
import { encodeCbor } from '@volact/core/cbor/encode'
import { expectArray, expectBytes, expectUint } from '@volact/core/cbor/expect'
import { ActivationError } from '@volact/core/errors/activation-error'
import { hashLength } from '@volact/core/transparency/node-hash'
import { productName } from '@volact/core/product-name'
import type { DetailsRecord } from './details-record.ts'

/** What stands at the beginning of an exported range. */
export interface ExportHead {
  /** The signed checkpoint of the tree in which the range stands. */
  readonly checkpoint: Uint8Array
  /** The host's certificate and those above it, without the root. */
  readonly chain: readonly Uint8Array[]
  readonly from: number
  readonly to: number
  /** Roots of the complete subtrees that cover what is before the range, and what is behind it, in order. */
  readonly left: readonly Uint8Array[]
  readonly right: readonly Uint8Array[]
}

/** One entry of an export: its bytes, with what lies beside it if that was asked for, or the leaf hash of an erased one. */
export type ExportedEntry =
  | { readonly kind: 'entry'; readonly bytes: Uint8Array; readonly details?: Omit<DetailsRecord, 'index'> }
  | { readonly kind: 'erased'; readonly leaf: Uint8Array }

/** The longest item of an export, in bytes. */
export const exportItemLimit = 262_144

const format = `${productName}-ledger-export`
const version = 1

/** Writes the first item. */
export function encodeExportHead({ checkpoint, chain, from, to, left, right }: ExportHead): Uint8Array {
  return framed([format, version, checkpoint, chain, from, to, left, right])
}

/** Writes the item of an entry. */
export function encodeExported(entry: ExportedEntry): Uint8Array {
  if (entry.kind === 'erased') return framed([1, entry.leaf])
  const { bytes, details } = entry
  return framed(details === undefined ? [0, bytes] : [0, bytes, details.request, details.salt, details.details])
}

/** Reads the first item; `MALFORMED` for anything else, a version that is not known here included. */
export function parseExportHead(item: Uint8Array): ExportHead {
  const [
    name = null,
    number = null,
    checkpoint = null,
    chain = null,
    from = null,
    to = null,
    left = null,
    right = null,
  ] = expectArray(decodeCbor(item), what, 8)
  if (name !== format || expectUint(number, what) !== version)
    throw new ActivationError('MALFORMED', 'this is no export of a ledger that this version knows')
  return {
    checkpoint: expectBytes(checkpoint, what),
    chain: expectArray(chain, what).map((der) => expectBytes(der, what)),
    from: expectUint(from, what),
    to: expectUint(to, what),
    left: hashes(left),
    right: hashes(right),
  }
}

/** Reads the item of an entry; anything else is `MALFORMED`. */
export function parseExported(item: Uint8Array): ExportedEntry {
  const [kind = null, bytes = null, ...beside] = expectArray(decodeCbor(item), what)
  if (kind === 1 && beside.length === 0) return { kind: 'erased', leaf: expectBytes(bytes, what, hashLength) }
  if (kind !== 0 || (beside.length !== 0 && beside.length !== 3))
    throw new ActivationError('MALFORMED', `${what}: no entry`)
  const [request, salt, details] = beside.map((part) => expectBytes(part, what))
  const entry = { kind: 'entry', bytes: expectBytes(bytes, what) } as const
  return request === undefined || salt === undefined || details === undefined
    ? entry
    : { ...entry, details: { request, salt, details } }
}

const what = 'export'

function hashes(value: CborValue): readonly Uint8Array[] {
  return expectArray(value, what).map((hash) => expectBytes(hash, what, hashLength))
}

/** u32 length, big-endian, and the item. */
function framed(value: CborValue): Uint8Array {
  const item = encodeCbor(value)
  const bytes = new Uint8Array(4 + item.length)
  new DataView(bytes.buffer).setUint32(0, item.length)
  bytes.set(item, 4)
  return bytes
}
