import { ActivationError } from '@volact/core/errors/activation-error'
import { type Duration, type Instant, toIso } from '@volact/core/time'
import { clockLimits } from './limits.ts'

/** What the host thinks of its clock. */
export type ClockState = 'good' | 'behind' | 'ahead'

/** Where time comes from. */
export interface TimeSources {
  /** The wall clock. */
  readonly now: () => Instant
  /** Seconds that have run since some moment, whatever happens to the wall clock. */
  readonly elapsed: () => Duration
}

/**
 * The time of a ledger, which never decreases (rule 43). A wall clock far behind the last entry, or far ahead of the last known time plus
 * the time that has run since, is not believed. How long a host was off nobody knows: a start believes a wall clock that is ahead by as long
 * as hosts are off, and no more.
 */
export class LedgerClock {
  readonly #sources: TimeSources
  #last: Instant
  #base: { readonly at: Instant; readonly elapsed: Duration }

  /** `last` is the time of the last entry or head, and `known` the last time that was believed, where there was a later one. */
  constructor(sources: TimeSources, last: Instant, known: Instant = last) {
    const [now, latest] = [sources.now(), Math.max(last, known)]
    this.#sources = sources
    this.#last = last
    this.#base = { at: now > latest + clockLimits.off ? latest : now, elapsed: sources.elapsed() }
  }

  /** Says whether the wall clock is believed. */
  state(): ClockState {
    const now = this.#sources.now()
    if (now < this.#last - clockLimits.behind) return 'behind'
    const run = this.#sources.elapsed() - this.#base.elapsed
    return now > this.#base.at + run + clockLimits.ahead ? 'ahead' : 'good'
  }

  /** What the wall clock says, believed or not. */
  wall(): Instant {
    return this.#sources.now()
  }

  /** Gives the time for what is written now: the wall clock where it is believed, and never before what was written last. */
  time(): Instant {
    return this.state() === 'ahead' ? this.seen() : Math.max(this.#sources.now(), this.#last)
  }

  /**
   * Gives the time for what only looks: not beyond the time that has run since the last entry, or a clock that was wrong for a moment
   * would take machines out of the count and places out of pools, which no clock that is right again brings back.
   */
  seen(): Instant {
    const run = Math.floor(this.#sources.elapsed() - this.#base.elapsed)
    return Math.max(Math.min(this.#sources.now(), this.#base.at + run), this.#last)
  }

  /** Notes that something was written with a time that `time` gave. */
  wrote(time: Instant): void {
    this.#last = time
    this.#base = { at: time, elapsed: this.#sources.elapsed() }
  }

  /** Believes a wall clock that is ahead: an administrator has looked at it. `CLOCK_SKEW` for one that is behind, which nothing helps. */
  accept(): Instant {
    const now = this.#sources.now()
    if (this.state() === 'behind') {
      const message =
        `the clock says ${toIso(now)}, and the last entry of the ledger is of ${toIso(this.#last)}: the times of a ledger never go ` +
        'back, so set the clock right'
      throw new ActivationError('CLOCK_SKEW', message)
    }
    this.#base = { at: now, elapsed: this.#sources.elapsed() }
    return now
  }
}
