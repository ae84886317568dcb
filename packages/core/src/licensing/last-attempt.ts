import { after, type Duration, type Instant, minutes } from '../time.ts'

/** How the last attempt ended, and when. */
export type LastAttempt = { readonly outcome: 'granted'; readonly at: Instant } | FailedAttempt

/** The last host that was asked said no, or none answered. */
export interface FailedAttempt {
  readonly outcome: 'refused' | 'unreachable'
  readonly at: Instant
  /** The end of the time in which a change of the network brings another attempt. */
  readonly watchUntil: Instant
  /** What a host asked for, unsigned. */
  readonly retryAfterSeconds?: Duration
}

/** What came of an attempt. */
export type AttemptResult =
  | { readonly outcome: 'granted' | 'unreachable' }
  | { readonly outcome: 'refused'; readonly retryAfterSeconds?: Duration }

/** How long after a failed attempt the network is watched. */
export const watchSeconds: Duration = minutes(15)

/**
 * Remembers an attempt. `brought` is the failed one before, where a change of the network brought this one: it does not begin
 * the watch anew, or a network that comes and goes would bring attempts without end. A host that named a time is not asked
 * before it.
 */
export function attempted(result: AttemptResult, at: Instant, brought?: FailedAttempt): LastAttempt {
  if (result.outcome === 'granted') return { outcome: 'granted', at }
  const retryAfterSeconds = result.outcome === 'refused' ? result.retryAfterSeconds : undefined
  if (retryAfterSeconds !== undefined) return { outcome: 'refused', at, watchUntil: at, retryAfterSeconds }
  return { outcome: result.outcome, at, watchUntil: brought?.watchUntil ?? after(at, watchSeconds) }
}
