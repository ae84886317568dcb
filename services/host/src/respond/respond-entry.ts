import type { CborValue } from '@volact/core/cbor/value'
import { Fields } from '@volact/core/cbor/fields'
import type { LedgerEntry } from '@volact/core/document/ledger-entry'
import { digestLength } from '@volact/core/document/limits'

/** The act by which an administrator answers a file request (rule 46, protocol.md §7.4). The grant or sighting, if any, stands behind it. */
export const respondAct = 'respond'

/** Gives the arguments of the entry: SHA-256 of the file request. */
export function respondArguments(request: Uint8Array): ReadonlyMap<string, CborValue> {
  return new Map([['request', request]])
}

/** Reads which request was answered; nothing for any other entry. */
export function readRespond(entry: LedgerEntry): Uint8Array | undefined {
  if (entry.kind !== 'administrative' || entry.act !== respondAct) return undefined
  return new Fields(entry.arguments, `ledger entry: ${respondAct}`).bytes('request', digestLength)
}
