import { equal, toHex } from '@volact/core/bytes'
import { uuidFromBytes } from '@volact/core/catalog/uuid'
import { readForkNote } from '@volact/core/document/fork-entry'
import { type LedgerEntry, parseEntry } from '@volact/core/document/ledger-entry'
import type { AdministrativeEntry, DisputedEntry, ReleaseEntry } from '@volact/core/document/plain-entry'
import { recogniseGrant, type RecognisedGrant } from '@volact/core/document/recognise-grant'
import { type PoolAct, readPoolAct } from '../pipeline/pool-acts.ts'
import { readExpected } from '../strangers/expectation.ts'
import { noApplication } from './contacts.ts'
import { licenseKey } from './keys.ts'
import { wordAt } from './license-table.ts'
import { flag, word } from './rows.ts'
import type { StateParts } from './state-parts.ts'

/** Takes in an entry. Entries come in the order of the ledger; one that a license has already says nothing new of it. */
export function applyEntry(state: StateParts, entry: LedgerEntry): void {
  switch (entry.kind) {
    case 'grant':
      applyGrant(state, entry.grant)
      break
    case 'sighting':
      state.pass(entry.time)
      state.record(state.place(uuidFromBytes(entry.application)), { ...entry, at: entry.time })
      break
    case 'release':
      applyRelease(state, entry)
      break
    case 'administrative':
      applyAct(state, entry)
      break
    case 'disputed':
      applyDispute(state, entry)
      break
    case 'host-activation':
    case 'certificate':
    case 'recovery':
    case 'forgotten':
    case 'note-key':
      break
  }
}

/** The same for the bytes of an entry, most of which are grants in the usual form. */
export function applyBytes(state: StateParts, bytes: Uint8Array): void {
  const grant = recogniseGrant(bytes)
  if (grant === undefined) applyEntry(state, parseEntry(bytes))
  else applyGrant(state, grant)
}

function applyGrant(state: StateParts, grant: RecognisedGrant): void {
  const { machine, product, anchor, flags, issued } = grant
  state.pass(issued)
  if (flags.ephemeral) {
    keepPlace(state, machine)
    state.places.take(grant, issued)
  } else freePlace(state, machine, product)
  const number = state.table.products.numberOf(product)
  const row = state.table.rowFor(machine, number)
  if (!isKnown(state, row, grant.index)) setGrant(state, row, grant, number)
  // A newer pack may no longer have the product; its machines then count for nothing.
  if (state.table.products.application(number) === noApplication) return
  state.table.record(state.table.owner(row), { anchor, flags, at: issued })
}

function setGrant(state: StateParts, row: number, grant: RecognisedGrant, product: number): void {
  const { licenses, table, replay } = state
  const { rows } = table
  table.journal.note(row)
  if (replay === undefined) licenses.earlier.forget(row)
  else {
    replay.leaving(row)
    licenses.earlier.note(row, rows.has(row, flag.granted) ? rows.index(row) : -1, rows.hour(table.owner(row)))
  }
  const rests = replay !== undefined && grant.index >= replay.verified
  licenses.set(row, { index: grant.index, cti: grant.cti, expires: grant.expires }, product)
  rows.unmark(row, flag.unverified)
  if (rests) rows.mark(row, flag.unverified)
  replay?.entered(row)
}

/** The machine stays in the count until its window ends: it was here. */
function applyRelease(state: StateParts, { machine, product, req, index, time }: ReleaseEntry): void {
  const { table, licenses, releases } = state
  state.pass(time)
  const record = { req: toHex(req), index, time }
  table.journal.undo(() => {
    releases.remove(record.req)
  })
  releases.add(record)
  freePlace(state, machine, product)
  state.forgetBranches(licenseKey(machine, product))
  const number = table.products.numberOf(product)
  const row = table.rowFor(machine, number)
  if (isKnown(state, row, index)) return
  table.journal.note(row)
  state.replay?.leaving(row)
  // An ephemeral machine answers a challenge whenever it comes without a grant, so that nothing of it need be kept.
  const isEphemeral = table.rows.has(table.owner(row), flag.ephemeral)
  licenses.end(row, isEphemeral ? 0 : flag.givenBack)
  table.rows.setIndex(row, index, number)
  state.dropLater(row)
}

function applyAct(state: StateParts, entry: AdministrativeEntry): void {
  const note = readForkNote(entry)
  if (note !== undefined) {
    const license = licenseKey(note.machine, note.product)
    state.keepBranches(license)
    state.branches.apply(license, note, entry)
  }
  const pool = readPoolAct(entry)
  if (pool !== undefined) applyPoolAct(state, pool, entry)
  const expected = readExpected(entry)
  if (expected === undefined) return
  const before = state.expected
  state.table.journal.undo(() => {
    state.expected = before
  })
  state.expected = expected
}

function applyPoolAct(state: StateParts, pool: PoolAct, { time }: AdministrativeEntry): void {
  const { pools, places, table } = state
  state.pass(time)
  if (pool.act === 'pool-join') {
    keepPlace(state, pool.machine)
    places.join(pool.machine, pool.pool, time)
    return
  }
  const handle = toHex(pool.pool)
  const before = pools.get(handle)
  table.journal.undo(() => {
    if (before === undefined) pools.delete(handle)
    else pools.set(handle, before)
  })
  if (pool.act === 'pool-add') pools.set(handle, pool.limit)
  else pools.delete(handle)
}

/** The grant is found by its `cti`, which nobody but its entry and its row has. */
function applyDispute(state: StateParts, { grant: cti, time }: DisputedEntry): void {
  state.pass(time)
  const row = findGrant(state, wordAt(cti, 0), wordAt(cti, 4))
  const grant = row === -1 ? undefined : state.grantAt(state.table.rows.index(row))
  if (grant === undefined || !equal(grant.cti, cti)) return
  state.replay?.leaving(row)
  state.takeBack(row)
  state.replay?.entered(row)
}

function findGrant({ replay, table: { rows } }: StateParts, cti: number, ctiHigh: number): number {
  if (replay !== undefined) return replay.find(cti, ctiHigh)
  for (let row = 0; row < rows.end; row += 1) {
    const isIt = rows.get(row, word.cti) === cti && rows.get(row, word.ctiHigh) === ctiHigh
    if (isIt && rows.has(row, flag.granted)) return row
  }
  return -1
}

/** A snapshot is written while entries come, so that a row may know an entry which is read again. */
function isKnown({ table: { rows } }: StateParts, row: number, index: number): boolean {
  return rows.has(row, flag.granted | flag.givenBack) && rows.index(row) >= index
}

function freePlace(state: StateParts, machine: Uint8Array, product: Uint8Array): void {
  if (!state.places.knows(machine)) return
  keepPlace(state, machine)
  state.places.free(machine, product)
}

function keepPlace({ places, table }: StateParts, machine: Uint8Array): void {
  if (!table.journal.isOpen) return
  const before = places.save(machine)
  table.journal.undo(() => {
    places.restore(toHex(machine), before)
  })
}
