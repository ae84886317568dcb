import type { Distribution } from './exposition.ts'

/** Counts observations by size. Observing allocates nothing. */
export class Histogram implements Distribution {
  readonly bounds: readonly number[]
  /** One for each bound, and one for what is above all. */
  readonly counts: Float64Array
  sum = 0

  /** `bounds` ascend; an observation counts for the first bound that it does not exceed. */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  observe(value: number): void {
    let at = 0
    while (at < this.bounds.length && value > (this.bounds[at] ?? Number.POSITIVE_INFINITY)) at += 1
    this.counts[at] = (this.counts[at] ?? 0) + 1
    this.sum += value
  }
}

/** Bounds for what takes from tens of microseconds to seconds, in seconds. */
export const secondBounds: readonly number[] = [
  ...[0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005],
  ...[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
]

/** Bounds for the number of entries in a batch. */
export const batchBounds: readonly number[] = [1, 2, 4, 8, 16, 32, 48, 64]
