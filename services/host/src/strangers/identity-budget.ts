import { days, type Instant } from '@volact/core/time'
import type { StrangerLimits } from './limits.ts'

/** How many new identities an administrator has announced, and until when (`host expect`). */
export interface Expectation {
  readonly machines: number
  readonly until: Instant
}

/** What is left of the budget. */
export interface BudgetFigures {
  readonly usedToday: number
  readonly perDay: number
  readonly expected: number
}

/** Why a new identity is not taken in now. */
export type Shortage = 'this-second' | 'today' | 'address-today'

/**
 * The budget of new identities (rule 39): so many a second, with a second's worth kept for when nobody came, and so many a day of UTC.
 * Time is given in seconds with their fractions, and does not run backwards.
 */
export class IdentityBudget {
  readonly #limits: StrangerLimits
  #tokens: number
  #at = 0
  #day = -1
  #used = 0
  #usedBy = new Map<string, number>()
  #expectation: Expectation = { machines: 0, until: 0 }

  constructor(limits: StrangerLimits) {
    this.#limits = limits
    this.#tokens = limits.perSecond
  }

  /** Raises the day's budget by what was announced. A new announcement replaces the one before. */
  expect(expectation: Expectation): void {
    this.#expectation = expectation
  }

  /** Says why nobody of this address can be taken in at this time; nothing when one can. */
  shortage(address: string, now: number): Shortage | undefined {
    this.#turn(now)
    if (this.#used >= this.#perDay(now)) return 'today'
    const { perAddressAndDay } = this.#limits
    if (perAddressAndDay !== undefined && (this.#usedBy.get(address) ?? 0) >= perAddressAndDay) return 'address-today'
    return this.#tokens < 1 ? 'this-second' : undefined
  }

  /** Takes one new identity of an address out of the budget; `shortage` has said that there is one. */
  spend(address: string): void {
    this.#tokens -= 1
    this.#used += 1
    if (this.#limits.perAddressAndDay !== undefined) this.#usedBy.set(address, (this.#usedBy.get(address) ?? 0) + 1)
  }

  /** Puts one back that turned out to be no new identity: its signature did not hold, or it was refused. */
  giveBack(address: string): void {
    this.#tokens = Math.min(this.#limits.perSecond, this.#tokens + 1)
    this.#used = Math.max(0, this.#used - 1)
    const used = this.#usedBy.get(address)
    if (used !== undefined && used > 0) this.#usedBy.set(address, used - 1)
  }

  /** Takes out what was let in today before a restart. */
  resume(used: number, now: number): void {
    this.#turn(now)
    this.#used += used
  }

  /** Says in how many seconds there is one again, as far as the second is concerned. */
  nextIn(now: number): number {
    this.#turn(now)
    return Math.max(0, 1 - this.#tokens) / this.#limits.perSecond
  }

  figures(now: number): BudgetFigures {
    this.#turn(now)
    const expected = now < this.#expectation.until ? this.#expectation.machines : 0
    return { usedToday: this.#used, perDay: this.#perDay(now), expected }
  }

  #perDay(now: number): number {
    return this.#limits.perDay + (now < this.#expectation.until ? this.#expectation.machines : 0)
  }

  #turn(now: number): void {
    const run = Math.max(0, now - this.#at)
    this.#at = Math.max(this.#at, now)
    this.#tokens = Math.min(this.#limits.perSecond, this.#tokens + run * this.#limits.perSecond)
    const day = Math.floor(this.#at / days(1))
    if (day === this.#day) return
    this.#day = day
    this.#used = 0
    this.#usedBy = new Map()
  }
}
