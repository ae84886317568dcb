import type { Duration } from '@volact/core/time'

/** Counts what one connection asks in each second. */
export class Pace {
  readonly #limit: number
  readonly #elapsed: () => Duration
  #second = -1
  #count = 0

  /** `elapsed` gives the seconds that have run since some moment. */
  constructor(limit: number, elapsed: () => Duration) {
    this.#limit = limit
    this.#elapsed = elapsed
  }

  /** Says whether one more may be asked in this second. */
  take(): boolean {
    const second = Math.floor(this.#elapsed())
    if (second !== this.#second) this.#count = 0
    this.#second = second
    this.#count += 1
    return this.#count <= this.#limit
  }
}
