import { days, type Duration, type Instant } from '@volact/core/time'

/** The latest time that is known to have come, so that turning the clock back wins nothing (rule 42). */
export interface ClockMark {
  readonly mark: Instant
  /** The last signed time that was seen; before the first, when the folder was made. */
  readonly base: Instant
}

/** How far an unsigned clock may raise the mark beyond the last signed time. */
const furthest = days(30)

/**
 * Raises the mark by the local clock, by at most 30 days beyond the last signed time plus what has run since by the monotonic
 * clock: one start with a clock that is years ahead must not end every license.
 */
export function raise({ mark, base }: ClockMark, local: Instant, run: Duration): ClockMark {
  return { mark: Math.max(mark, Math.min(local, base + furthest + run)), base }
}

/** Sets the mark, downwards too, by the time of a receipt for a nonce that this client has just made. */
export function setBySignedTime(time: Instant): ClockMark {
  return { mark: time, base: time }
}

/** Moves the mark by the time of a receipt for a request that was sent before: somebody may have kept the answer back. */
export function raiseBySignedTime({ mark, base }: ClockMark, time: Instant): ClockMark {
  return { mark: Math.max(mark, time), base: Math.max(base, time) }
}

/** The time that a license is judged by: the clock's, but never before the mark. */
export function believedTime({ mark }: ClockMark, local: Instant): Instant {
  return Math.max(mark, local)
}
