import { hours, minutes } from '@volact/core/time'

/** What a host lets new identities have (rule 39). */
export interface StrangerLimits {
  /** New identities a second and a day, over all addresses together. */
  readonly perSecond: number
  readonly perDay: number
  /** The most that one address may have in a day; without it an address has what the others leave. */
  readonly perAddressAndDay?: number
  /** How many may wait at the same time, each with an open connection. */
  readonly waiting: number
}

/** The defaults of rule 39. Those that wait are served within two minutes; the others are sent away with a time of their own. */
export const strangerLimits: StrangerLimits = { perSecond: 20, perDay: 100_000, waiting: 2_048 }

/**
 * When one that was sent away may come again, in seconds: clients hold on to 15 minutes at least (rule 24), and try by themselves
 * after the usual activation interval.
 */
export const retryBounds: { readonly soonest: number; readonly latest: number } = {
  soonest: minutes(15),
  latest: hours(2),
}
