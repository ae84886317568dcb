import { days, hours, minutes } from '@volact/core/time'

/** How far the signed time of a first contact may be off before it must answer a challenge (rule 16). */
export const firstContactSkew: number = hours(4)

/** How long one challenge is made; it is good in its own period and the next (protocol.md §6.4). */
export const challengePeriod: number = minutes(2)

/**
 * How far the clock may lie behind the last entry, and ahead of it plus the time run, in seconds (rule 43); and how long a host may have been
 * off before a start asks an administrator about the clock: longer than any holiday, and shorter than the lease of a machine.
 */
export const clockLimits: { readonly behind: number; readonly ahead: number; readonly off: number } = {
  behind: hours(4),
  ahead: hours(24),
  off: days(90),
}

/**
 * How long before its end a machine's sighting is written again, so that a machine which asks daily never falls out of the count
 * between two windows, and a window still has but one (rule 24).
 */
export const sightingRenewal: number = hours(24)

/** The most requests of one batch, and how long the first of them may wait for others, in milliseconds (design §4). */
export const batchLimits: { readonly requests: number; readonly milliseconds: number } = {
  requests: 64,
  milliseconds: 5,
}

/** The most pools of ephemeral machines that a vendor has on a host, and the most machines that one may be bound to (rule 38). */
export const poolBounds: { readonly pools: number; readonly machines: number } = { pools: 256, machines: 1_000_000 }
