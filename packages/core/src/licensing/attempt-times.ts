import { after, type Duration, type Instant, minutes } from '../time.ts'
import { intervalRange } from './defaults.ts'
import type { Intervals } from './intervals-in-force.ts'
import { jitter, partOf } from './jitter.ts'
import type { HeldLease } from './license-record.ts'

/** A machine and its intervals in force (`intervalsInForce`). */
export interface Asker {
  /** Bytes that are its own, such as its machine ID. */
  readonly seed: Uint8Array
  readonly intervals: Intervals
}

/** Machines that start, wake or get their network back in one second ask within so many. */
export const spreadSeconds: Duration = minutes(1)

// Jitter only ever brings an attempt forward, so that what an administrator set is the longest there is, and three renewals
// still fit where three fitted. What it costs is a twentieth more renewals and an eighth more retries.
const renewalSpread = 0.1
const retrySpread = 0.25

/** The time between two renewals of a lease before jitter: that of the receipt, but not more than half of a short lease. */
export function renewalInterval({ intervals }: Asker, { expires, granted }: HeldLease): Duration {
  const half = expires === 'never' ? Infinity : Math.floor((expires - granted) / 2)
  return Math.max(Math.min(intervals.renewalIntervalSeconds, half), intervalRange.min)
}

/** When a lease that was granted at `base` is renewed: up to a tenth before its interval ends. */
export function renewalTime(asker: Asker, lease: HeldLease, base: Instant): Instant {
  const interval = renewalInterval(asker, lease)
  return after(base, interval - partOf(interval * renewalSpread, jitter(asker.seed, 'renewal', base)))
}

/** When to try again after an attempt that won no lease: up to a quarter before the activation interval ends. */
export function retryTime({ seed, intervals }: Asker, tried: Instant): Instant {
  const interval = Math.min(intervals.activationIntervalSeconds, intervals.renewalIntervalSeconds)
  return after(tried, interval - partOf(interval * retrySpread, jitter(seed, 'retry', tried)))
}

/**
 * When to try again where a host named a time: not before it and up to a quarter later, but from 15 minutes to the renewal
 * interval whatever it says, for a refusal is unsigned (rule 24).
 */
export function postponedTime({ seed, intervals }: Asker, tried: Instant, retryAfter: Duration): Instant {
  const longest = Math.floor(intervals.renewalIntervalSeconds / (1 + retrySpread))
  const wait = Math.min(Math.max(retryAfter, intervalRange.min), longest)
  const spread = partOf(wait * retrySpread, jitter(seed, 'retry', tried))
  return after(tried, Math.max(wait + spread, intervalRange.min))
}

/** When to ask after something that may have happened to all machines in one second. */
export function spreadTime({ seed }: Asker, purpose: 'start' | 'network', moment: Instant): Instant {
  return after(moment, partOf(spreadSeconds, jitter(seed, purpose, moment)))
}
