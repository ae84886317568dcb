import type { Duration, Instant } from '@volact/core/time'
import { type ClockMark, raise } from './clock-mark.ts'

/** Raises marks by what has run since the last signed time, as far as this program has been there to see it (rule 42). */
export class RunningClock {
  readonly #monotonic: () => Duration
  #base: Instant | undefined
  #since = 0

  /** `monotonic` gives the seconds since some moment, by a clock that nobody sets. */
  constructor(monotonic: () => Duration) {
    this.#monotonic = monotonic
  }

  raise(mark: ClockMark, local: Instant): ClockMark {
    const running = this.#monotonic()
    if (this.#base !== mark.base) {
      this.#base = mark.base
      this.#since = running
    }
    return raise(mark, local, running - this.#since)
  }
}
