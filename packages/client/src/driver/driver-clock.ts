import type { Duration, Instant } from '@volact/core/time'

/**
 * The time by which a driver plans. It is the believed one, which stands still while the clock on the wall is behind the last signed
 * time (rule 42); attempts go on all the same, so that a clock that was set back keeps nobody from renewing.
 */
export class DriverClock {
  readonly #believed: () => Instant
  #base: Instant
  #run = 0

  /** `believed` gives the time by which licenses are judged. */
  constructor(believed: () => Instant) {
    this.#believed = believed
    this.#base = believed()
  }

  now(): Instant {
    return Math.max(this.#believed(), this.#base + this.#run)
  }

  /** Tells that so many seconds were waited for. */
  pass(seconds: Duration): void {
    this.#run += seconds
  }

  /** Begins anew from the believed time: a clock was set, the machine slept, or a signed answer told the time. */
  reset(): void {
    this.#base = this.#believed()
    this.#run = 0
  }
}
