import { toHex } from '@volact/core/bytes'
import { uuidFromBytes } from '@volact/core/catalog/uuid'
import { type Details, parseDetails } from '@volact/core/document/details'
import { readForkNote } from '@volact/core/document/fork-entry'
import { entryIndex, entryTime, type LedgerEntry } from '@volact/core/document/ledger-entry'
import { openRequest } from '@volact/core/document/request'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { DetailsRecord } from '@volact/ledger/details-record'
import type { EventTable, ForkTable, MachineTable } from './tables.ts'

/** What lies beside an entry, as far as it was not erased. */
export type Beside = Omit<DetailsRecord, 'index'>

/** The rows that an entry makes, or adds to. */
export interface EntryRows {
  readonly event: EventTable
  readonly machine?: MachineTable
  /** Without the other branch's name, which the row of the machine has until then. */
  readonly fork?: Omit<ForkTable, 'other_name'>
}

/** Makes the rows of an entry and what lies beside it. What a machine says of itself is not proven, and may be nonsense. */
export function rowsOf(vendor: string, entry: LedgerEntry, beside: Beside | undefined): EntryRows {
  const fork = forkOf(vendor, entry, beside)
  const machine = machineOf(vendor, entry, beside)
  const { machine: id = null, product = null } = fork ?? machine ?? {}
  const event = {
    ...{ vendor, number: entryIndex(entry), time: entryTime(entry) },
    ...{ kind: fork?.act ?? entry.kind, machine: id, product },
  }
  return { event, ...(machine && { machine }), ...(fork && { fork }) }
}

function forkOf(vendor: string, entry: LedgerEntry, beside: Beside | undefined): EntryRows['fork'] {
  const note = readForkNote(entry)
  if (note === undefined) return undefined
  const { act, machine, product } = note
  const place = { vendor, number: entryIndex(entry), time: entryTime(entry) }
  return { ...place, act, machine: toHex(machine), product: uuidFromBytes(product), name: namesIn(beside).name }
}

function machineOf(vendor: string, entry: LedgerEntry, beside: Beside | undefined): MachineTable | undefined {
  const time = entryTime(entry)
  const seen = { vendor, first_seen: time, last_seen: time, ...namesIn(beside) }
  switch (entry.kind) {
    case 'grant': {
      const { machine, product, state, expires } = entry.grant
      return { ...seen, machine: toHex(machine), product: uuidFromBytes(product), state, lease_end: expires }
    }
    case 'sighting': {
      const asked = attempt(() => beside && openRequest(beside.request).request)
      const product = asked === undefined ? '' : uuidFromBytes(asked.product)
      return { ...seen, machine: toHex(entry.machine), product, state: asked?.state ?? null, lease_end: null }
    }
    case 'release': {
      const product = uuidFromBytes(entry.product)
      return { ...seen, machine: toHex(entry.machine), product, state: null, lease_end: time }
    }
    case 'host-activation':
    case 'certificate':
    case 'disputed':
    case 'administrative':
    case 'recovery':
    case 'forgotten':
    case 'note-key':
      return undefined
  }
}

function namesIn(beside: Beside | undefined): Pick<MachineTable, 'name' | 'address' | 'version'> {
  const details: Details = attempt(() => beside && parseDetails(beside.details)) ?? {}
  return { name: details.name ?? null, address: details.addresses?.[0] ?? null, version: details.version ?? null }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof ActivationError) return undefined
    throw error
  }
}
