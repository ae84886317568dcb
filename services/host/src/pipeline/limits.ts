import { days, hours, minutes } from '@volact/core/time'
import type { GatheringLimits } from '../gathering.ts'

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
 * The most requests of one batch, and how long the first of them may wait for others: longer where the event loop is busy with
 * verifying those others, since it would not come to the answers of a smaller batch any sooner.
 */
export const batchLimits: GatheringLimits = { most: 64, milliseconds: 5, patience: 20 }

/** The most pools of ephemeral machines that a vendor has on a host, and the most machines that one may be bound to (rule 38). */
export const poolBounds: { readonly pools: number; readonly machines: number } = { pools: 256, machines: 1_000_000 }
