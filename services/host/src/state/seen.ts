import type { Family } from '@volact/core/catalog/catalog'
import type { ActivationRequest } from '@volact/core/document/request'
import { hours, type Instant } from '@volact/core/time'
import { hourOf } from './hour-ring.ts'
import type { Contact, Hardware, MachineTable } from './machine-table.ts'
import { flag } from './rows.ts'

/**
 * How long before its end a machine's sighting is written again, so that a machine which asks daily never falls out of the count
 * between two windows, and a window still has but one (rule 24).
 */
export const sightingRenewal: number = hours(24)

/** Whether a request would take back a release, or change the hardware that its machine was seen with. */
export function wouldChange(
  table: MachineTable,
  machine: Uint8Array,
  { product, anchor, flags }: Pick<ActivationRequest, 'product' | 'anchor' | 'flags'>,
): boolean {
  const number = table.products.find(product, 0)
  const first = table.first(machine, 0, table.products.application(number))
  if (number === -1 || first === -1) return false
  const row = table.inChain(first, number)
  if (row !== -1 && table.rows.has(row, flag.givenBack)) return true
  return table.rows.has(first, flag.contact) && !table.isSameHardware(first, { anchor, flags })
}

/** Whether the ledger shows an application's contact already, so that it needs no sighting: one a window (rule 24). */
export function isShown(table: MachineTable, application: number, family: Family, contact: Contact): boolean {
  if (contact.flags.ephemeral) return true // Never counts, so that there is nothing to show (rule 38).
  const first = table.first(contact.machine, 0, application)
  if (first === -1 || !table.rows.has(first, flag.contact) || !table.isSameHardware(first, contact)) return false
  const renewal = Math.min(sightingRenewal, family.windowSeconds / 2)
  return contact.at < hours(table.rows.hour(first)) + family.windowSeconds - renewal
}

/** Since when the hardware of a machine is known to any application, to the hour (rule 37). */
export function firstSeen(
  table: MachineTable,
  { machine, anchor, flags }: Hardware & Pick<Contact, 'machine'>,
): Instant | undefined {
  const hasAnchor = !flags.weak && !flags.ephemeral
  const known = [...table.counts.keys()].flatMap((place) => [
    table.first(machine, 0, place),
    ...(hasAnchor ? [false, true].map((isVirtual) => table.newest(anchor, place, isVirtual)) : []),
  ])
  const born = known.filter((row) => row !== -1).map((row) => table.rows.born(row))
  return born.length === 0 ? undefined : hours(Math.min(...born))
}

/** How many machines an application saw for the first time at this time or later, to the hour. Looks at all of them. */
export function newSince({ rows }: MachineTable, time: Instant): number {
  return rows.bornSince(hourOf(time))
}
