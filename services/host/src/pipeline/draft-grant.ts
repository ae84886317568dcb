import type { OpenedRequest } from '@volact/core/document/request'
import { forkArguments, type ForkNote } from '@volact/core/document/fork-entry'
import { fromHex } from '@volact/core/bytes'
import type { CborValue } from '@volact/core/cbor/value'
import type { DetailsRecord } from '@volact/ledger/details-record'
import type { GrantDraft } from './decide-request.ts'
import type { EntryBatch, PlacedEntry } from './entry-batch.ts'
import type { LogState } from '../state/log-state.ts'
import { poolArguments } from './pool-acts.ts'
import type { Pool } from './pools.ts'

/** The grant of a batch, and the entry beside it that tells the machine of a twin, if there is one. */
export interface GrantEntries {
  readonly grant: PlacedEntry
  readonly notice?: PlacedEntry
}

/**
 * Adds a grant to a batch, and before it what the ledger is to know with it: that the machine takes a place in its pool (rule 38), and
 * that its license has branches (rule 18). A crash may leave the first of these entries alone, which then only say what was so.
 */
export function addGrant(
  draft: GrantDraft,
  { request, machine }: OpenedRequest,
  { beside, pool }: { readonly beside: Omit<DetailsRecord, 'index'>; readonly pool: Pool | undefined },
  { state, batch }: { readonly state: LogState; readonly batch: EntryBatch },
): GrantEntries {
  const add = (make: Parameters<EntryBatch['add']>[0], details?: Omit<DetailsRecord, 'index'>): PlacedEntry => {
    const added = batch.add(make, details)
    state.apply(added.entry)
    return added
  }
  const addAct = (act: string, fields: ReadonlyMap<string, CborValue>, details?: typeof beside): PlacedEntry =>
    add((place) => ({ kind: 'administrative', time: batch.time, act, arguments: fields, ...place }), details)
  if (pool !== undefined && !state.places.has(machine, pool.handle, batch.time)) {
    addAct('pool-join', poolArguments({ act: 'pool-join', pool: fromHex(pool.handle), machine }))
  }
  const note = forkNoteOf(request, machine, state, batch)
  // The names of the branch that shows itself lie beside the note, where they can be erased (rule 31).
  const noted = note && addAct(note.act, forkArguments(note), { ...beside, request: new Uint8Array(0) })
  const grant = add((place) => ({ kind: 'grant', grant: { ...draft, ...place } }), beside)
  return { grant, ...(note?.act === 'twin' && noted !== undefined && { notice: noted }) }
}

function forkNoteOf(
  request: OpenedRequest['request'],
  machine: Uint8Array,
  state: LogState,
  { time }: EntryBatch,
): ForkNote | undefined {
  const { product, prev: shown, nonce } = request
  const superseded = state.license(machine, product)?.cti
  const act = state.branchSign(machine, request, time)
  if (act === 'none' || superseded === undefined) return undefined
  const branching = { machine, product, superseded }
  if (act === 'fork' || shown === undefined) return { act: 'fork', ...branching }
  return act === 'fork-again' ? { act, ...branching, shown } : { act, ...branching, shown, nonce }
}
