import { addressGroup } from '../strangers/address-group.ts'

/** A connection, as far as its address goes. */
export interface Addressed {
  readonly address: string
}

/**
 * Counts the open connections of each address, once there are so many that one address could have too many: asking the system for an
 * address costs more than the rest of an arrival.
 */
export class PlacesByAddress {
  readonly #most: number
  readonly #groups = new Map<Addressed, string>()
  #counts: Map<string, number> | undefined

  /** `most` connections for an address; 0 for no limit. */
  constructor(most: number) {
    this.#most = most
  }

  /** Whether an address has a place for one more beside those that are open. */
  hasPlace(arrival: Addressed, open: ReadonlySet<Addressed>): boolean {
    if (this.#most === 0 || (this.#counts === undefined && open.size < this.#most / 2)) return true
    if (this.#counts === undefined) {
      this.#counts = new Map()
      for (const connection of open) this.add(connection)
    }
    return (this.#counts.get(addressGroup(arrival.address)) ?? 0) < this.#most
  }

  add(connection: Addressed): void {
    if (this.#counts === undefined) return
    const group = addressGroup(connection.address)
    this.#groups.set(connection, group)
    this.#counts.set(group, (this.#counts.get(group) ?? 0) + 1)
  }

  /** Takes away one of those that were open; so many are left. */
  remove(connection: Addressed, left: number): void {
    if (this.#counts === undefined) return
    const group = this.#groups.get(connection)
    if (group !== undefined) {
      this.#groups.delete(connection)
      const count = (this.#counts.get(group) ?? 1) - 1
      if (count === 0) this.#counts.delete(group)
      else this.#counts.set(group, count)
    }
    if (left >= this.#most / 4) return
    this.#counts = undefined
    this.#groups.clear()
  }
}
