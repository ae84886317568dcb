import type { Instant } from '@volact/core/time'
import type { EventFilter, EventRecord } from './event-record.ts'
import { findMachine } from './find-machine.ts'
import { readEvents } from './read-events.ts'
import { watchEvents, type WatchOptions } from './watch-events.ts'
import { indexNotes, withIndexOf } from './with-index.ts'

export interface ListEventsOptions {
  readonly now: () => Instant
  readonly filter: Omit<EventFilter, 'machine'>
  /** Name of the machine, or the beginning of its ID. */
  readonly machine?: string
}

/** Lists the newest events of a host, running or not, oldest first; and tells what is to be known of the index they come from. */
export function listEvents(
  dir: string,
  { now, filter, machine }: ListEventsOptions,
): Promise<{ readonly events: readonly EventRecord[]; readonly notes: readonly string[] }> {
  return withIndexOf(dir, { now }, ({ db, status }) => {
    const of = machine === undefined ? {} : { machine: findMachine(db, machine, undefined).machine }
    return { events: readEvents(db, { ...filter, ...of }), notes: indexNotes(status) }
  })
}

/** Gives the events of a running host as they happen; `machine` as people name it. */
export async function* followEvents(dir: string, options: WatchOptions): AsyncGenerator<EventRecord> {
  const { machine, now } = options
  const found =
    machine === undefined ? undefined : await withIndexOf(dir, { now }, ({ db }) => findMachine(db, machine, undefined))
  yield* watchEvents(dir, { ...options, ...(found && { machine: found.machine }) })
}
