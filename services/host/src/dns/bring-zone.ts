import { ActivationError } from '@volact/core/errors/activation-error'
import type { TextRecord } from '@volact/dns/text-record'
import type { KnownZone } from './acts.ts'
import { type DeskWorld, hostRecords, sizeOf } from './desk-world.ts'
import type { ZoneMemory } from './memory.ts'
import { publishRecords } from './publish.ts'
import { checkpointRecords } from './wanted-records.ts'

/** Brings a zone to what is to stand there just now. A failure is remembered and given, never thrown. */
export async function bringZone(known: KnownZone, world: DeskWorld): Promise<ActivationError | undefined> {
  const { book, now, times, signal, surroundings } = world
  const { entry } = known
  const before = book.of(known)
  const { hosts, checkpoints, settings } = wantedIn(known, before, world)
  let { published } = before
  const { failure: failed, checkpoints: shown, ...rest } = before
  const keep = (change: Partial<ZoneMemory>): void => {
    book.keep(entry.id, { ...rest, settings, from: known.from, published, ...change })
  }
  try {
    await publishRecords({ ...entry, settings }, published, [...hosts, ...checkpoints], {
      dir: book.dir,
      ...{ resolvers: surroundings.resolvers, now, signal, ...(times && { times }) },
      keep: (records) => {
        published = records
        keep({ ...(failed && { failure: failed }), ...(shown && { checkpoints: shown }) })
      },
    })
    // Behind a failure an older one stands there, and the newest is still due.
    const newest = failed === undefined ? { size: sizeOf(world.vendors), at: now() } : shown
    keep({ lastSuccess: now(), ...(checkpoints.length > 0 && newest && { checkpoints: newest }) })
    world.event({ id: 12294, vendor: '', fields: [entry.id] })
    return undefined
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    // Who is stopped has not failed.
    if (signal.aborted) return error
    const failure = { at: now(), code: error.code, message: error.message, times: (failed?.times ?? 0) + 1 }
    keep({ ...(shown && { checkpoints: shown }), failure })
    world.event({ id: 12293, vendor: '', fields: [error.code, entry.id] })
    return error
  }
}

interface Wanted {
  readonly hosts: readonly TextRecord[]
  readonly checkpoints: readonly TextRecord[]
  /** How the zone is reached. */
  readonly settings: ZoneMemory['settings']
}

/** Of a host that was withdrawn, or serves nobody, nothing is to stand there. */
function wantedIn({ entry }: KnownZone, before: ZoneMemory, world: DeskWorld): Wanted {
  const { withdrawn, settings } = before
  if (withdrawn !== undefined) return { hosts: [], checkpoints: [], settings }
  const hosts = hostRecords(entry, world)
  const isShown = world.settings.checkpoint && hosts.length > 0
  return {
    hosts,
    checkpoints: isShown ? checkpointRecords(entry, world.vendors, before) : [],
    settings: entry.settings,
  }
}
