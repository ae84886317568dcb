import { after, type Instant } from '../time.ts'
import {
  type Asker,
  postponedTime,
  renewalInterval,
  renewalTime,
  retryTime,
  spreadSeconds,
  spreadTime,
} from './attempt-times.ts'
import type { FailedAttempt, LastAttempt } from './last-attempt.ts'
import type { HeldLease, LicenseRecord } from './license-record.ts'
import type { LicenseStateName } from './license-states.ts'

/** What the next attempt depends on, but the time. */
export interface AttemptCase extends Asker {
  readonly record: LicenseRecord
  readonly state: LicenseStateName
  /** When the program started or the machine last woke, whichever is later: everybody may have done so in that second. */
  readonly awake: Instant
  /** The last attempt; one from before `awake` does not count. */
  readonly last?: LastAttempt
  /** The first change of the network since the last attempt. */
  readonly networkChanged?: Instant
}

export interface PlannedAttempt {
  /** A time that has come already means now. */
  readonly at: Instant
  readonly cause: AttemptCause
}

export type AttemptCause = 'start' | 'renewal' | 'retry' | 'network-change'

// A time to come, where only one that has been can stand, was told by a clock that was wrong. It is taken for very long ago, so
// that the next attempt is due; that attempt then sets it right.
const longAgo = 0

/** Plans the next attempt; nothing where none is made by itself: without a key, and with a MAK that is activated. */
export function nextAttempt(about: AttemptCase, now: Instant): PlannedAttempt | undefined {
  const { record, last } = about
  if (record.key === 'none') return undefined
  const awake = about.awake <= now ? about.awake : longAgo
  const counted = last !== undefined && awake <= last.at && last.at <= now ? last : undefined
  const suiting = leaseOfKey(record)
  const lease = about.state === 'licensed' ? suiting : undefined
  if (lease?.expires === 'never') return undefined
  if (counted === undefined) return atStart(about, lease, awake, now)
  if (counted.outcome !== 'granted') return afterFailure(about, counted)
  if (lease === undefined) return { at: retryTime(about, counted.at), cause: 'retry' }
  return { at: renewalTime(about, lease, counted.at), cause: 'renewal' }
}

/** After a conversion between volume and MAK the lease of the other kind goes on, and one of the new kind is asked for. */
function leaseOfKey({ key, lease }: LicenseRecord): HeldLease | undefined {
  return lease !== undefined && (lease.expires === 'never') === (key === 'mak') ? lease : undefined
}

/** A start brings an attempt when there is no lease, or half of its renewal interval is over. */
function atStart(about: AttemptCase, lease: HeldLease | undefined, awake: Instant, now: Instant): PlannedAttempt {
  const start = { at: spreadTime(about, 'start', awake), cause: 'start' } as const
  if (lease === undefined) return start
  const granted = lease.granted <= now ? lease.granted : longAgo
  if (awake >= after(granted, renewalInterval(about, lease) / 2)) return start
  return { at: renewalTime(about, lease, granted), cause: 'renewal' }
}

/** A network that comes and goes brings an attempt a minute at most. */
function afterFailure(about: AttemptCase, { at, watchUntil, retryAfterSeconds }: FailedAttempt): PlannedAttempt {
  const regular = retryAfterSeconds === undefined ? retryTime(about, at) : postponedTime(about, at, retryAfterSeconds)
  const { networkChanged = Infinity } = about
  if (networkChanged >= watchUntil) return { at: regular, cause: 'retry' }
  const changed = Math.max(networkChanged, after(at, spreadSeconds))
  return { at: Math.min(regular, spreadTime(about, 'network', changed)), cause: 'network-change' }
}
