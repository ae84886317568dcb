import type { Instant } from '@volact/core/time'
import type { MachineFilter, MachineRecord } from './machine-record.ts'
import { readMachines } from './read-machines.ts'
import { indexNotes, withIndexOf } from './with-index.ts'

export interface ListMachinesOptions {
  readonly now: () => Instant
  readonly filter: MachineFilter
  /** Is given the machines in pieces, in order. */
  readonly onPage: (machines: readonly MachineRecord[]) => void
}

/** How many machines are handed on at once. */
const page = 200

/** Lists the machines that a host has seen, by name, running or not; and tells what is to be known of the index they come from. */
export function listMachines(
  dir: string,
  { now, filter, onPage }: ListMachinesOptions,
): Promise<{ readonly notes: readonly string[] }> {
  return withIndexOf(dir, { now }, ({ db, status }) => {
    let gathered: MachineRecord[] = []
    for (const machine of readMachines(db, filter, now())) {
      gathered.push(machine)
      if (gathered.length < page) continue
      onPage(gathered)
      gathered = []
    }
    if (gathered.length > 0) onPage(gathered)
    return { notes: indexNotes(status) }
  })
}
