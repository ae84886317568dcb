import { toHex } from '@volact/core/bytes'
import type { Instant } from '@volact/core/time'

/** How many machines of a pool have a live lease, and the most that ever had one at the same time. */
export interface PoolFigures {
  readonly live: number
  readonly peak: number
}

interface Place {
  /** Hexadecimal digits of the pool's handle; empty for a ledger that does not name it. */
  readonly pool: string
  /** The end of each live lease, by the product's hexadecimal digits. Never empty. */
  readonly leases: Map<string, Instant>
}

/** A lease of an ephemeral machine. */
export interface EphemeralLease {
  readonly machine: Uint8Array
  readonly product: Uint8Array
  readonly expires: Instant
}

/**
 * The places that ephemeral machines take in their pools (rule 38): a machine has one while any lease of it is live. Made of the ledger's
 * entries alone, in their order; times never go back (rule 43).
 */
export class PoolPlaces {
  /** The pool of each machine that has a place, or is about to take one. */
  readonly #pools = new Map<string, string>()
  readonly #places = new Map<string, Place>()
  readonly #live = new Map<string, number>()
  readonly #peaks = new Map<string, number>()
  #peak = 0
  #nextEnd = Infinity

  /** A machine has proved to be of a pool, and is about to be granted a lease. */
  join(machine: Uint8Array, pool: Uint8Array, at: Instant): void {
    // A place that has ended would take the pool away with it.
    this.#sweep(at)
    const id = toHex(machine)
    this.#pools.set(id, toHex(pool))
    const place = this.#places.get(id)
    if (place !== undefined) this.#put(id, place.leases)
  }

  /** A lease was granted. */
  take({ machine, product, expires }: EphemeralLease, at: Instant): void {
    this.#sweep(at)
    const id = toHex(machine)
    const leases = this.#places.get(id)?.leases ?? new Map<string, Instant>()
    leases.set(toHex(product), expires)
    this.#put(id, leases)
    this.#nextEnd = Math.min(this.#nextEnd, expires)
  }

  /** A lease was given back, or is none of an ephemeral machine any more. */
  free(machine: Uint8Array, product: Uint8Array): void {
    const id = toHex(machine)
    const place = this.#places.get(id)
    if (place?.leases.delete(toHex(product)) === true && place.leases.size === 0) this.#leave(id, place)
  }

  /** Whether the machine has a place in the pool already. */
  has(machine: Uint8Array, pool: string, now: Instant): boolean {
    this.#sweep(now)
    return this.#places.get(toHex(machine))?.pool === pool
  }

  /** The figures of a pool, or of all of them together. */
  figures(pool: string | undefined, now: Instant): PoolFigures {
    this.#sweep(now)
    if (pool === undefined) return { live: this.#places.size, peak: this.#peak }
    return { live: this.#live.get(pool) ?? 0, peak: this.#peaks.get(pool) ?? 0 }
  }

  /** No lease ends before this. */
  get nextEnd(): Instant {
    return this.#nextEnd
  }

  #put(id: string, leases: Map<string, Instant>): void {
    const before = this.#places.get(id)
    if (before !== undefined) this.#remove(id, before)
    const pool = this.#pools.get(id) ?? ''
    const live = (this.#live.get(pool) ?? 0) + 1
    this.#places.set(id, { pool, leases })
    this.#live.set(pool, live)
    this.#peaks.set(pool, Math.max(live, this.#peaks.get(pool) ?? 0))
    this.#peak = Math.max(this.#places.size, this.#peak)
  }

  #leave(id: string, place: Place): void {
    this.#remove(id, place)
    this.#pools.delete(id)
  }

  #remove(id: string, { pool }: Place): void {
    this.#places.delete(id)
    this.#live.set(pool, (this.#live.get(pool) ?? 0) - 1)
  }

  /** Looks through the places only when a lease may have ended. */
  #sweep(now: Instant): void {
    if (now < this.#nextEnd) return
    this.#nextEnd = Infinity
    for (const [id, place] of this.#places) {
      for (const [product, expires] of place.leases) {
        if (expires <= now) place.leases.delete(product)
        else this.#nextEnd = Math.min(this.#nextEnd, expires)
      }
      if (place.leases.size === 0) this.#leave(id, place)
    }
  }
}
