import { addressGroup } from '../strangers/address-group.ts'
import type { Addressed } from './places-by-address.ts'

/**
 * Says which new connections of an address come too fast. Nobody is asked for an address in a second in which all together have not come
 * as fast as one may.
 */
export class PaceByAddress {
  readonly #perSecond: number
  #second = 0
  #all = 0
  #ofAddress = new Map<string, number>()

  /** `perSecond` new connections of an address; 0 for no limit. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** Counts an arrival, and says whether it is in time; `now` in milliseconds. */
  isInTime(arrival: Addressed, now: number): boolean {
    if (this.#perSecond === 0) return true
    const second = Math.floor(now / 1_000)
    if (second !== this.#second) {
      this.#second = second
      this.#all = 0
      this.#ofAddress = new Map()
    }
    this.#all += 1
    if (this.#all <= this.#perSecond) return true
    const group = addressGroup(arrival.address)
    const count = (this.#ofAddress.get(group) ?? 0) + 1
    this.#ofAddress.set(group, count)
    return count <= this.#perSecond
  }
}
