import { intervalRange } from '../licensing/defaults.ts'
import { type Duration, days, hours, minutes } from '../time.ts'

/** A range of whole numbers, both ends included. */
export interface Range {
  readonly min: number
  readonly max: number
}

/** A range of durations, both ends included, and what they are whole multiples of. */
export interface DurationRange {
  readonly min: Duration
  readonly max: Duration
  readonly step: Duration
}

/** How much of anything a catalog may hold, so that reading it has a bound: entries of a list, characters of a text. */
export const sizes = {
  applications: 100,
  families: 100,
  /** As many as there are numbers. */
  groups: 1_024,
  products: 1_000,
  features: 64,
  slug: 63,
  text: 100,
  contact: 254,
} as const

export const numbers: Readonly<Record<'threshold' | 'group' | 'generation' | 'rearms', Range>> = {
  threshold: { min: 0, max: 100_000 },
  /** 10 bits in every product key. */
  group: { min: 0, max: 1_023 },
  generation: { min: 1, max: 65_535 },
  rearms: { min: 0, max: 1_000 },
}

type DurationKind = 'window' | 'lease' | 'interval' | 'grace' | 'ephemeralGrace' | 'ephemeralLease'

export const durations: Readonly<Record<DurationKind, DurationRange>> = {
  /** Whole hours, because the count is kept to the hour. */
  window: { min: hours(1), max: days(365), step: hours(1) },
  lease: { min: hours(1), max: days(3_650), step: minutes(1) },
  interval: { ...intervalRange, step: minutes(1) },
  grace: { min: 0, max: days(365), step: minutes(1) },
  /** Entries of ephemeral machines are kept for 30 days (rule 32), so nothing of theirs lasts longer. */
  ephemeralGrace: { min: 0, max: days(30), step: minutes(1) },
  ephemeralLease: { min: hours(1), max: days(30), step: minutes(1) },
}
