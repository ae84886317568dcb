import type { Duration } from '@volact/core/time'

/** Tells since when a counter has not grown. Whoever counts need not know the time: it is looked at now and then. */
export class Idle {
  readonly #elapsed: () => Duration
  #last: number
  #since: Duration

  /** `elapsed` are seconds that run whatever happens to the wall clock. */
  constructor(elapsed: () => Duration, counted: number) {
    this.#elapsed = elapsed
    this.#last = counted
    this.#since = elapsed()
  }

  /** Looks at the counter, and gives the minutes since it grew, as far as was looked. */
  look(counted: number): number {
    if (counted !== this.#last) this.#since = this.#elapsed()
    this.#last = counted
    return Math.floor((this.#elapsed() - this.#since) / 60)
  }
}
