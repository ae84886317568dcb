import type { CborValue } from '../cbor/value.ts'
import { Fields } from '../cbor/fields.ts'
import { thumbprint } from '../cose/key.ts'
import type { PublicKey } from '../crypto.ts'
import type { LedgerEntry } from './ledger-entry.ts'
import { digestLength } from './limits.ts'

/** The act by which a host says in its ledger that it wants a certificate for another signing key (rule 6, protocol.md §7.4). */
export const renewalAct = 'renew'

/** Gives the arguments of the entry: the thumbprint (RFC 9679) of the new key, for which the old one so vouches with a receipt (rule 4). */
export function renewalArguments(key: PublicKey): ReadonlyMap<string, CborValue> {
  return new Map([['key', thumbprint(key)]])
}

/** Reads the thumbprint of the new key; nothing for any other entry. */
export function readRenewal(entry: LedgerEntry): Uint8Array | undefined {
  if (entry.kind !== 'administrative' || entry.act !== renewalAct) return undefined
  return new Fields(entry.arguments, `ledger entry: ${renewalAct}`).bytes('key', digestLength)
}
