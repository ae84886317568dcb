import type { Instant } from '@volact/core/time'
import { eventFields, type HostEvent, type requestEvent } from './host-event.ts'

/** An event as it is listed: numbered, with the fields in the reference's order; an unknown one is empty. */
export interface EventRecord {
  readonly time: Instant
  readonly id: HostEvent['id'] | typeof requestEvent
  readonly vendor: string
  readonly fields: readonly string[]
  /** How often: refusals that are alike are one event a day, of the time of the last one. */
  readonly times: number
  /** The entry of the ledger that it is read from. */
  readonly entry?: number
}

/** Which events are wanted; all of what is given must hold. */
export interface EventFilter {
  readonly since?: Instant
  readonly id?: number
  /** Machine ID, hexadecimal digits. */
  readonly machine?: string
  /** The newest so many. */
  readonly limit: number
}

/** Writes an event for programs: each field by its name. */
export function eventJson({ fields, ...event }: EventRecord): object {
  const names = eventFields[event.id]
  return { ...event, fields: Object.fromEntries(names.map((name, index) => [name, fields[index] ?? ''])) }
}
