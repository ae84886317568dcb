import { retryBounds } from './limits.ts'

/**
 * Tells each of those that are sent away when to come again, one after the other at the pace at which they can be taken in, so that
 * they do not all come back at once (rule 39). Who would have to wait longer than clients do by themselves begins the row anew.
 */
export class RetrySlots {
  readonly #pace: number
  #last = 0

  /** `perSecond` is how many can be taken in. */
  constructor(perSecond: number) {
    this.#pace = 1 / perSecond
  }

  /** Gives the seconds until the next free slot. */
  next(now: number): number {
    const soonest = now + retryBounds.soonest
    const slot = Math.max(soonest, this.#last + this.#pace)
    this.#last = slot > now + retryBounds.latest ? soonest : slot
    return Math.ceil(this.#last - now)
  }
}
