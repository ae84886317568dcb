import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { expectArray, expectUint } from '../cbor/expect.ts'
import { Fields } from '../cbor/fields.ts'
import { isCborTagged } from '../cbor/value.ts'
import type { Instant } from '../time.ts'
import { encodeGrant, grantFromCbor } from './grant.ts'
import type { Grant } from './grant.ts'
import { entryKindNumber, parsePlainEntry, plainEntryBody } from './plain-entry-body.ts'
import type { PlainEntry } from './plain-entry.ts'

/** What a ledger holds (rule 24, protocol.md §7.2). Refusals are not entries, and no entry holds a name or an address. */
export type LedgerEntry = GrantEntry | PlainEntry

/** A grant as an entry. */
export interface GrantEntry {
  readonly kind: 'grant'
  readonly grant: Grant
}

/** Writes an entry as the ledger stores it; the tree hashes these bytes. */
export function encodeEntry(entry: LedgerEntry): Uint8Array {
  if (entry.kind === 'grant') return encodeGrant(entry.grant)
  return encodeCbor([entryKindNumber(entry.kind), entry.index, entry.time, plainEntryBody(entry)])
}

/** Reads an entry of any kind; `MALFORMED`, or `UNKNOWN_CRITICAL` for a kind or a field of a newer version. */
export function parseEntry(bytes: Uint8Array): LedgerEntry {
  const value = decodeCbor(bytes)
  if (isCborTagged(value)) return { kind: 'grant', grant: grantFromCbor(value) }
  const [kind = null, index = null, time = null, body = null] = expectArray(value, 'ledger entry', 4)
  const position = { index: expectUint(index, 'ledger entry: index'), time: expectUint(time, 'ledger entry: time') }
  const fields = new Fields(body, 'ledger entry')
  const entry = parsePlainEntry(expectUint(kind, 'ledger entry: kind'), position, fields)
  fields.end()
  return entry
}

/** The place of an entry in its ledger, from 0. */
export function entryIndex(entry: LedgerEntry): number {
  return entry.kind === 'grant' ? entry.grant.index : entry.index
}

/** When an entry was written. */
export function entryTime(entry: LedgerEntry): Instant {
  return entry.kind === 'grant' ? entry.grant.issued : entry.time
}
