import type { ActivationError } from '@volact/core/errors/activation-error'
import { type Instant, minutes } from '@volact/core/time'
import type { DnsTimes } from '@volact/dns/limits'
import type { HostEvent } from '../index/host-event.ts'
import type { KnownZone } from './acts.ts'
import type { DnsVendor } from './dns-vendor.ts'
import { nextPublishing } from './due.ts'
import { knownZones } from './known-zones.ts'
import type { DnsSettings } from './settings.ts'
import type { DnsSurroundings } from './surroundings.ts'
import { wantedRecords } from './wanted-records.ts'
import type { ZoneBook } from './zone-book.ts'
import type { ZoneEntry } from './zone-entry.ts'

/** Everything on which it depends what is to stand in DNS, as it is just now. */
export interface DeskWorld {
  readonly book: ZoneBook
  readonly settings: DnsSettings
  readonly surroundings: DnsSurroundings
  readonly vendors: readonly DnsVendor[]
  readonly port: number
  readonly now: () => Instant
  readonly times?: DnsTimes
  /** Aborts when the host is stopped. */
  readonly signal: AbortSignal
  readonly event: (event: HostEvent) => void
}

/** The SRV and address records that are to be in a zone. */
export function hostRecords(entry: ZoneEntry, world: DeskWorld): ReturnType<typeof wantedRecords> {
  const { port, vendors, surroundings } = world
  return wantedRecords(entry, { port, vendors: vendors.map(({ id }) => id), addresses: surroundings.addresses })
}

/** The zones that are named by the configuration or were by a command. What cannot be settled is left out. */
export function zonesOf({ settings, book, surroundings }: DeskWorld): readonly KnownZone[] {
  return knownZones(settings, book.memory, surroundings).zones
}

/** What cannot be settled. */
export function problemsOf({ settings, book, surroundings }: DeskWorld): readonly ActivationError[] {
  return knownZones(settings, book.memory, surroundings).problems
}

/** The zones in which there are records of ours, although nobody names them any more. */
export function leftZones(world: DeskWorld): readonly KnownZone[] {
  const known = new Set(zonesOf(world).map(({ entry }) => entry.id))
  return [...world.book.memory.zones]
    .filter(([id, { published }]) => !known.has(id) && published.length > 0)
    .map(([id, { settings, from }]) => ({ entry: { id, settings, target: '' }, from }))
}

/** When a zone is to be changed next, by itself. */
export function nextOf(known: KnownZone, world: DeskWorld): Instant | undefined {
  const { settings, vendors, book } = world
  return nextPublishing(book.of(known), {
    wanted: hostRecords(known.entry, world),
    size: settings.checkpoint && vendors.length > 0 ? sizeOf(vendors) : undefined,
    checkpointPause: minutes(settings.checkpointMinutes),
  })
}

/** How many entries the ledgers have, all together. */
export function sizeOf(vendors: readonly DnsVendor[]): number {
  return vendors.reduce((sum, { size }) => sum + size, 0)
}
