import { ActivationError } from '@volact/core/errors/activation-error'
import type { DnsAct, DnsReport, KnownZone, ZoneReport } from './acts.ts'
import { bringZone } from './bring-zone.ts'
import { type DeskWorld, hostRecords, leftZones, nextOf, problemsOf, zonesOf } from './desk-world.ts'
import type { ZoneMemory } from './memory.ts'
import { unreachable } from './reachable.ts'
import { labelOf, reportOf } from './report.ts'
import { parseZoneSettings } from './settings.ts'
import { entryOf, idOf, type ZoneEntry } from './zone-entry.ts'

/** Tells how all zones stand. */
export function reportAll(world: DeskWorld): DnsReport {
  const { enabled } = world.settings
  const known = zonesOf(world).map((one) =>
    reportOf({ known: one, memory: world.book.of(one), next: nextOf(one, world), enabled }),
  )
  const left = leftZones(world).map((one) =>
    reportOf({ known: undefined, memory: world.book.of(one), next: undefined, enabled }),
  )
  const problems = problemsOf(world).map(({ code, message }) => ({ code, message }))
  return { enabled, zones: [...known, ...left], problems }
}

/** Publishes now, and from now on: `USAGE`, `HOST_NOT_ACTIVATED`, or why a zone could not be changed. */
export async function publish({ zone }: DnsAct & { act: 'publish' }, world: DeskWorld): Promise<DnsReport> {
  requireActivated(world)
  const named = zone && adopt(zone, world)
  const chosen = zonesOf(world).filter(({ entry }) => named === undefined || entry.id === named.id)
  if (chosen.length === 0) throw nothingKnown()
  const report = await change(chosen, world, published)
  const warnings = await Promise.all(chosen.map(({ entry }) => unreachable(entry, world)))
  return { ...report, warnings: [...new Set(warnings.flat())] }
}

/** Takes our records away, also from zones that nobody names any more. What came by a command is forgotten with them. */
export async function withdraw({ zone, site }: DnsAct & { act: 'withdraw' }, world: DeskWorld): Promise<DnsReport> {
  const id = zone === undefined ? undefined : idOf({ zone, ...(site !== undefined && { site }) })
  const all = [...zonesOf(world), ...leftZones(world)]
  const chosen = all.filter(({ entry }) => id === undefined || entry.id === id)
  if (chosen.length === 0) {
    throw id === undefined ? nothingKnown() : new ActivationError('USAGE', `${id} is no zone of this host`)
  }
  const now = world.now()
  const report = await change(chosen, world, (memory) => ({ ...memory, withdrawn: now }))
  const configured = new Set(zonesOf(world).flatMap(({ entry, from }) => (from === 'configuration' ? entry.id : [])))
  for (const { entry } of chosen) if (!configured.has(entry.id)) world.book.forget(entry.id)
  return report
}

/** Tells what is to stand in DNS, without asking anybody. The checkpoint is left out: it is old before it is typed. */
export function records({ zone }: DnsAct & { act: 'records' }, world: DeskWorld): DnsReport {
  requireActivated(world)
  const named = zone && entryOf(parseZoneSettings(zone, 'zone'), world.surroundings)
  const entries = named === undefined ? zonesOf(world).map(({ entry }) => entry) : [settled(named, zone, world)]
  if (entries.length === 0) throw nothingKnown()
  const zones = entries.map((entry): ZoneReport => {
    const { server } = entry.settings
    const place = { ...labelOf(entry.settings), ...(server !== undefined && { server }) }
    return { ...place, state: 'waiting', text: 'to be typed by hand', records: hostRecords(entry, world) }
  })
  return { enabled: world.settings.enabled, zones, problems: [] }
}

function published(memory: ZoneMemory): ZoneMemory {
  const { withdrawn, ...rest } = memory
  return withdrawn === undefined ? memory : rest
}

function requireActivated({ vendors }: DeskWorld): void {
  if (vendors.length > 0) return
  throw new ActivationError('HOST_NOT_ACTIVATED', 'this host is not activated: run "volact host activate" first')
}

function nothingKnown(): ActivationError {
  return new ActivationError('USAGE', 'no zone is known here: name one with --zone')
}

/** Keeps what a command says of a zone; what is configured is changed where it is configured. */
function adopt(value: object, world: DeskWorld): ZoneEntry {
  const entry = entryOf(parseZoneSettings(value, 'zone'), world.surroundings)
  const { id, settings } = entry
  const known = zonesOf(world).find((one) => one.entry.id === id)
  if (known !== undefined && isOnlyNamed(value)) return known.entry
  if (known?.from === 'configuration') {
    throw new ActivationError('USAGE', `${id} is set in the configuration of the host: change it there`)
  }
  world.book.keep(id, { published: [], ...world.book.memory.zones.get(id), settings, from: 'command' })
  return entry
}

/** One that is only named is shown as it is known. */
function settled(entry: ZoneEntry, value: object | undefined, world: DeskWorld): ZoneEntry {
  const known = zonesOf(world).find((one) => one.entry.id === entry.id)
  return known !== undefined && value !== undefined && isOnlyNamed(value) ? known.entry : entry
}

function isOnlyNamed(value: object): boolean {
  return Object.keys(value).every((key) => key === 'zone' || key === 'site')
}

/** Changes what is remembered of each zone, and brings it there; tells of all, or throws what has failed. */
async function change(
  chosen: readonly KnownZone[],
  world: DeskWorld,
  to: (memory: ZoneMemory) => ZoneMemory,
): Promise<DnsReport> {
  const failures = await Promise.all(
    chosen.map(async (known) => {
      const { id } = known.entry
      world.book.keep(id, to(world.book.of(known)))
      const failure = await bringZone(known, world)
      return failure === undefined ? [] : [{ id, failure }]
    }),
  )
  requireNone(failures.flat(), chosen.length)
  return reportAll(world)
}

function requireNone(failures: readonly { id: string; failure: ActivationError }[], of: number): void {
  const [first] = failures
  if (first === undefined) return
  const { id, failure } = first
  if (of === 1) throw new ActivationError(failure.code, `${id}: ${failure.message}`, { data: failure.data })
  const attempts = failures.map(({ id: target, failure: { code, message } }) => ({ target, code, message }))
  throw new ActivationError(failure.code, `${String(failures.length)} of ${String(of)} zones could not be changed`, {
    attempts,
  })
}
