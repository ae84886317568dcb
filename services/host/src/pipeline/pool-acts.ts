import type { CborValue } from '@volact/core/cbor/value'
import { Fields } from '@volact/core/cbor/fields'
import type { LedgerEntry } from '@volact/core/document/ledger-entry'
import { digestLength } from '@volact/core/document/limits'
import { poolLimits } from '@volact/core/document/pool-token'

/** What the ledger says of pools (rule 38): each by its handle, never by its name or secret (rule 31). */
export type PoolAct =
  /** A pool was added, or its bound changed. */
  | { readonly act: 'pool-add'; readonly pool: Uint8Array; readonly limit: number }
  | { readonly act: 'pool-remove'; readonly pool: Uint8Array }
  /** A machine takes a place in the pool, with the grant behind this entry. */
  | { readonly act: 'pool-join'; readonly pool: Uint8Array; readonly machine: Uint8Array }

/** Gives the arguments of the administrative entry that holds an act. */
export function poolArguments(act: PoolAct): ReadonlyMap<string, CborValue> {
  return new Map<string, CborValue>([
    ['pool', act.pool],
    ...(act.act === 'pool-add' ? [['limit', act.limit] as const] : []),
    ...(act.act === 'pool-join' ? [['machine', act.machine] as const] : []),
  ])
}

/** Reads what an entry says of pools; nothing for any other entry. */
export function readPoolAct(entry: LedgerEntry): PoolAct | undefined {
  if (entry.kind !== 'administrative') return undefined
  const { act } = entry
  if (act !== 'pool-add' && act !== 'pool-remove' && act !== 'pool-join') return undefined
  const fields = new Fields(entry.arguments, `ledger entry: ${act}`)
  const pool = fields.bytes('pool', poolLimits.handle)
  if (act === 'pool-remove') return { act, pool }
  return act === 'pool-add'
    ? { act, pool, limit: fields.uint('limit') }
    : { act, pool, machine: fields.bytes('machine', digestLength) }
}
