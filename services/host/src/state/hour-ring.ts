import { hours, type Instant } from '@volact/core/time'

/** The hour that an instant lies in, counted from 1970. */
export function hourOf(seconds: Instant): number {
  return Math.floor(seconds / hours(1))
}

const leastHours = 1_024

/**
 * How many things there are of each hour from `first` on, and of all of them together. That the first hours end costs what they
 * are, however many things are in them: nothing is ever looked through.
 */
export class HourRing {
  #counts = new Uint32Array(leastHours)
  #first = 0
  #sum = 0

  /** All that have not ended. */
  get sum(): number {
    return this.#sum
  }

  /** The earliest hour that has not ended. */
  get first(): number {
    return this.#first
  }

  /** How many things there are of an hour that has not ended. */
  at(hour: number): number {
    const isThere = hour >= this.#first && hour < this.#first + this.#counts.length
    return isThere ? (this.#counts[hour % this.#counts.length] ?? 0) : 0
  }

  /** Adds to the number of an hour, or takes away what is below 0; an hour that has ended is none any more. */
  add(hour: number, number: number): void {
    if (hour < this.#first) return
    while (hour - this.#first >= this.#counts.length) this.#grow()
    const at = hour % this.#counts.length
    this.#counts[at] = (this.#counts[at] ?? 0) + number
    this.#sum += number
  }

  /** Adds the numbers of all hours that have not ended in another one. */
  addAll(other: HourRing): void {
    for (let hour = other.first; hour < other.first + other.#counts.length; hour += 1) {
      const number = other.at(hour)
      if (number > 0) this.add(hour, number)
    }
  }

  /** Ends all hours before one. It never goes back (rule 43). */
  end(hour: number): void {
    const { length } = this.#counts
    // Before the first thing is added, and after a long sleep, all of them end at once.
    const until = Math.min(hour, this.#first + length)
    for (let ending = this.#first; ending < until; ending += 1) {
      this.#sum -= this.#counts[ending % length] ?? 0
      this.#counts[ending % length] = 0
    }
    this.#first = Math.max(hour, this.#first)
  }

  #grow(): void {
    const before = this.#counts
    this.#counts = new Uint32Array(2 * before.length)
    for (let hour = this.#first; hour < this.#first + before.length; hour += 1) {
      this.#counts[hour % this.#counts.length] = before[hour % before.length] ?? 0
    }
  }
}
