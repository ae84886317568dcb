import { Fields } from '@volact/core/cbor/fields'
import type { CborValue } from '@volact/core/cbor/value'
import type { LedgerEntry } from '@volact/core/document/ledger-entry'
import type { Instant } from '@volact/core/time'

/** A roll-out that an administrator has announced, as the ledger has it (rule 39). */
export interface Expected {
  /** How many new machines, until when. */
  readonly machines: number
  readonly until: Instant
  /** How many machines were known when it was announced, so that it can be said how far it is. */
  readonly known: number
}

/** The act of the administrative entry. */
export const expectAct = 'expect'

/** Gives the arguments of the administrative entry. */
export function expectArguments({ machines, until, known }: Expected): ReadonlyMap<string, CborValue> {
  return new Map([
    ['machines', machines],
    ['until', until],
    ['known', known],
  ])
}

/** Reads what an entry says of a roll-out; nothing for any other entry. */
export function readExpected(entry: LedgerEntry): Expected | undefined {
  if (entry.kind !== 'administrative' || entry.act !== expectAct) return undefined
  const fields = new Fields(entry.arguments, `ledger entry: ${expectAct}`)
  return { machines: fields.uint('machines'), until: fields.uint('until'), known: fields.uint('known') }
}
