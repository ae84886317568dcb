import type { Duration, Instant } from '@volact/core/time'

/** A clock that stands still until it is moved, and runs with the real one from `run` on. It never goes back. */
export class VirtualClock {
  readonly #real: () => Instant
  #standing: Instant | undefined

  constructor(real: () => Instant, behind: Duration) {
    this.#real = real
    this.#standing = real() - behind
  }

  /** What it shows. A function of its own, to be handed on. */
  readonly now = (): Instant => this.#standing ?? this.#real()

  /** Moves it to a time; an earlier one than it shows leaves it as it is. */
  moveTo(time: Instant): void {
    if (this.#standing !== undefined) this.#standing = Math.max(this.#standing, time)
  }

  /** From here on it shows the real time. */
  run(): void {
    this.#standing = undefined
  }
}
