import { days, type Instant } from '@volact/core/time'
import { HourRing, hourOf } from './hour-ring.ts'

/** For how many days the peak of a day is kept: more than two periods of a yearly true-up. */
export const peakDaysKept = 800

/** The most leases of each day, by its number since 1970. */
export type Peaks = ReadonlyMap<number, number>

/** How many leases are live, to the hour of their end, and the most there were on each day (rule 19). */
export class LiveLeases {
  readonly #ends = new HourRing()
  readonly #peaks = new Map<number, number>()
  #day = 0
  #peak = 0
  #keptDay = 0
  #keptPeak = 0

  /** Leases that are live at a time, which is not before any earlier one. */
  at(now: Instant): number {
    this.pass(now)
    return this.#ends.sum
  }

  /** Those that were live at the newest time that was told. */
  get sum(): number {
    return this.#ends.sum
  }

  /** Takes a lease in (1) or out (−1). */
  add(expires: Instant, number: 1 | -1): void {
    this.#ends.add(hourOf(expires), number)
  }

  /** Takes a lease in by the hour of its end. */
  enter(hour: number): void {
    this.#ends.add(hour, 1)
  }

  /** Notes that there may be more than ever on this day. */
  notePeak(): void {
    if (this.#ends.sum > this.#peak) this.#peak = this.#ends.sum
  }

  /** Lets time pass. A day begins with the leases that are left from the one before. */
  pass(now: Instant): void {
    const day = dayOf(now)
    if (this.#day === 0) this.#day = day
    // A long sleep: what ended on the way is of no day that is kept.
    if (day - this.#day > peakDaysKept) this.#begin(day - peakDaysKept)
    while (this.#day < day) this.#begin(this.#day + 1)
    this.#ends.end(hourOf(now) + 1)
  }

  /** The most leases that were live on any day from the one of `from` until before `to`. */
  peak(from: Instant, to: Instant): number {
    let most = 0
    for (const [day, peak] of this.peaks) if (day >= dayOf(from) && days(day) < to) most = Math.max(most, peak)
    return most
  }

  get peaks(): Peaks {
    return new Map([...this.#peaks, [this.#day, this.#peak]])
  }

  /** Sets the peaks to what they were: after a batch that was not written, or with a snapshot. */
  setPeaks(peaks: Peaks): void {
    this.#peaks.clear()
    for (const [day, peak] of peaks) {
      this.#peaks.set(day, peak)
      this.#day = Math.max(day, this.#day)
    }
    this.#peak = this.#peaks.get(this.#day) ?? 0
  }

  /** Remembers the peak of today, before a batch. */
  keep(): void {
    this.#keptDay = this.#day
    this.#keptPeak = this.#peak
  }

  /** What was live in the batch never was; if its day was a new one, that begins with what is left. */
  takeBack(): void {
    this.#peak = this.#keptDay === this.#day ? this.#keptPeak : this.#ends.sum
  }

  #begin(day: number): void {
    this.#peaks.set(this.#day, this.#peak)
    this.#peaks.delete(this.#day - peakDaysKept)
    this.#day = day
    this.#ends.end(hourOf(days(day)) + 1)
    this.#peak = this.#ends.sum
  }
}

function dayOf(time: Instant): number {
  return Math.floor(time / days(1))
}
