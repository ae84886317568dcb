import { days, type Duration } from '@volact/core/time'
import { noApplication } from './contacts.ts'
import { hourOf } from './hour-ring.ts'
import { licenseKey } from './keys.ts'
import { flag, word } from './rows.ts'
import type { StateParts } from './state-parts.ts'

/** How long a machine without a live lease is remembered after its last contact: as long as the bytes of its entries (rule 32). */
export const machinesKept: Duration = days(400)

/** Forgets a machine, and what it counted for (rule 31). No batch is open. */
export function forgetMachine(state: StateParts, machine: Uint8Array): void {
  const { table } = state
  state.forgetRead()
  for (const place of [...table.counts.keys(), noApplication]) {
    const first = table.first(machine, 0, place)
    if (first === -1) continue
    for (const row of chain(state, first)) forgetBeside(state, machine, row)
    forgetRows(state, first)
  }
}

/**
 * Looks through a number of rows, and forgets machines that have no live lease and were not in touch for so long that the ledger may have
 * erased their entries, too. Whoever comes back is new. Gives the row at which to go on. No batch is open.
 */
export function forgetOld(state: StateParts, from: number, rowsToSee: number): number {
  const { rows } = state.table
  const end = Math.min(from + rowsToSee, rows.end)
  for (let row = from; row < end; row += 1) if (isOld(state, row)) forgetRows(state, row)
  return end === rows.end ? 0 : end
}

function isOld(state: StateParts, first: number): boolean {
  const { rows } = state.table
  if (!rows.has(first, flag.used) || rows.has(first, flag.extra)) return false
  if (hourOf(state.time) < rows.hour(first) + hourOf(machinesKept)) return false
  return !chain(state, first).some(
    (row) => rows.has(row, flag.unverified) || (rows.has(row, flag.granted) && state.time < rows.expires(row)),
  )
}

function forgetRows({ table, licenses }: StateParts, first: number): void {
  const { rows } = table
  for (let row = first; row !== -1; row = rows.get(row, word.next) - 1) licenses.end(row, 0)
  while (rows.get(first, word.next) !== 0) table.dropIdle(rows.get(first, word.next) - 1, () => false)
  table.dropIdle(first, () => true)
}

function forgetBeside(
  { table: { products, rows }, branches, places }: StateParts,
  machine: Uint8Array,
  row: number,
): void {
  const product = products.ids[rows.product(row)]
  if (product === undefined) return
  branches.forget(licenseKey(machine, product))
  places.free(machine, product)
}

/** The rows of a machine. */
function chain({ table: { rows } }: StateParts, first: number): readonly number[] {
  const found: number[] = []
  for (let row = first; row !== -1; row = rows.get(row, word.next) - 1) found.push(row)
  return found
}
