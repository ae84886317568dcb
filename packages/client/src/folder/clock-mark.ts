import { after, days, type Duration, type Instant } from '@volact/core/time'

/** The latest time that is known to have come, so that turning the clock back wins nothing (rule 42). */
export interface ClockMark {
  readonly mark: Instant
  /** The last signed time that was seen; before the first, when the folder was made. */
  readonly base: Instant
  /** By how much the local clock was ahead of the last signed time, where that was more than any honest clock is. */
  readonly ahead?: Duration
}

/** How far an unsigned clock may raise the mark beyond the last signed time. */
const furthest = days(30)

/** A clock that is ahead of a signed time by more than this is wrong. */
const mostSkew = days(1)

/**
 * Raises the mark by the local clock, by at most 30 days beyond the last signed time plus what has run since by the monotonic
 * clock: one start with a clock that is years ahead must not end every license.
 */
export function raise(clock: ClockMark, local: Instant, run: Duration): ClockMark {
  const { mark, base } = clock
  return { ...clock, mark: Math.max(mark, Math.min(corrected(clock, local), base + furthest + run)) }
}

/** Sets the mark, downwards too, by the time of a receipt for a nonce that this client has just made; `local` is the clock then. */
export function setBySignedTime(time: Instant, local: Instant): ClockMark {
  const ahead = local - time
  return { mark: time, base: time, ...(ahead > mostSkew && { ahead }) }
}

/** Moves the mark by the time of a receipt for a request that was sent before: somebody may have kept the answer back. */
export function raiseBySignedTime(clock: ClockMark, time: Instant): ClockMark {
  return time <= clock.base ? clock : { mark: Math.max(clock.mark, time), base: time }
}

/** The time that a license is judged by: the clock's, but never before the mark. */
export function believedTime(clock: ClockMark, local: Instant): Instant {
  return Math.max(clock.mark, corrected(clock, local))
}

/** A clock that a signed time has shown to be ahead is ahead until somebody sets it back; then it is right again, or behind. */
function corrected({ base, ahead = 0 }: ClockMark, local: Instant): Instant {
  return local >= after(base, ahead) ? local - ahead : local
}
