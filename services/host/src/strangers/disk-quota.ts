import type { Duration } from '@volact/core/time'
import type { Room } from './strangers.ts'

/** What is measured, in bytes. */
export interface Measured {
  /** What the host has written: ledgers, details, index. */
  readonly used: number
  /** What is free on its disk; missing where the system does not say. */
  readonly free: number | undefined
}

/** From which part of the quota on only known machines are recorded (rule 39). */
const closedFrom = 0.9

/** For how long a measurement is believed, in seconds: what may come in this time is far less than the tenth that is left. */
const measuredEvery: Duration = 5

/**
 * Says whether there is room for new identities. The quota is what the host may write in all: what was set, or else what it has written and
 * what is free, so that a disk which others have filled does not keep it from serving.
 */
export class DiskQuota {
  readonly #quota: number | undefined
  readonly #measure: () => Measured
  readonly #elapsed: () => Duration
  #at = -Infinity
  #share = 0

  /** `quota` in bytes. */
  constructor(quota: number | undefined, measure: () => Measured, elapsed: () => Duration) {
    this.#quota = quota
    this.#measure = measure
    this.#elapsed = elapsed
  }

  /** The part of the quota that is used, from 0 on. */
  share(): number {
    const now = this.#elapsed()
    if (now < this.#at + measuredEvery && now >= this.#at) return this.#share
    this.#at = now
    const { used, free } = this.#measure()
    const all = Math.min(this.#quota ?? Infinity, used + (free ?? Infinity))
    this.#share = all === 0 ? 1 : used / all
    return this.#share
  }

  readonly room = (): Room => (this.share() >= closedFrom ? 'none' : 'good')
}
