import { toHex } from '@volact/core/bytes'
import type { Instant } from '@volact/core/time'
import { Ends, type LeaseEnd } from './ends.ts'

/** How many machines of a pool have a live lease, and the most that ever had one at the same time. */
export interface PoolFigures {
  readonly live: number
  readonly peak: number
}

/** The place of a machine in its pool. */
export interface Place {
  /** Hexadecimal digits of the pool's handle; empty for a ledger that does not name it. */
  readonly pool: string
  /** The end of each live lease, by the product's hexadecimal digits. Never empty. */
  readonly leases: ReadonlyMap<string, Instant>
}

/** A lease of an ephemeral machine. */
export interface EphemeralLease {
  readonly machine: Uint8Array
  readonly product: Uint8Array
  readonly expires: Instant
}

/** The most that ever had a place at the same time, in all and by pool. */
export interface PoolPeaks {
  readonly all: number
  readonly pools: ReadonlyMap<string, number>
}

/** What is known of one machine, and the peaks beside it. */
export interface SavedPlace {
  readonly pool: string | undefined
  readonly place: Place | undefined
  readonly peaks: PoolPeaks
}

/**
 * The places that ephemeral machines take in their pools (rule 38): a machine has one while any lease of it is live. Made of the ledger's
 * entries alone, in their order; times never go back (rule 43). Nothing is kept of a machine whose last lease has ended.
 */
export class PoolPlaces {
  /** The pool of each machine that has a place, or is about to take one. */
  readonly #pools = new Map<string, string>()
  readonly #places = new Map<string, Place>()
  readonly #live = new Map<string, number>()
  #peaks = new Map<string, number>()
  #peak = 0
  readonly #ends = new Ends()
  readonly #ended: (lease: LeaseEnd) => void

  /** `ended` is told each lease whose end has passed, once. */
  constructor(ended: (lease: LeaseEnd) => void = () => undefined) {
    this.#ended = ended
  }

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
    const [id, productId] = [toHex(machine), toHex(product)]
    this.#put(id, new Map([...(this.#places.get(id)?.leases ?? []), [productId, expires]]))
    this.#ends.put({ at: expires, machine: id, product: productId })
  }

  /** A lease was given back, or is none of an ephemeral machine any more. */
  free(machine: Uint8Array, product: Uint8Array): void {
    this.#remove(toHex(machine), toHex(product))
  }

  /** Whether anything is known of a machine here. */
  knows(machine: Uint8Array): boolean {
    if (this.#pools.size === 0 && this.#places.size === 0) return false
    const id = toHex(machine)
    return this.#pools.has(id) || this.#places.has(id)
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
    return this.#ends.first?.at ?? Infinity
  }

  get places(): ReadonlyMap<string, Place> {
    return this.#places
  }

  get joined(): ReadonlyMap<string, string> {
    return this.#pools
  }

  get peaks(): PoolPeaks {
    return { all: this.#peak, pools: this.#peaks }
  }

  /** Gives what is known of a machine, as `restore` takes it. */
  save(machine: Uint8Array): SavedPlace {
    const id = toHex(machine)
    const peaks = { all: this.#peak, pools: new Map(this.#peaks) }
    return { pool: this.#pools.get(id), place: this.#places.get(id), peaks }
  }

  /** Sets what is known of a machine, by the hexadecimal digits of its ID. */
  restore(id: string, { pool, place, peaks }: SavedPlace): void {
    this.#leave(id)
    if (pool !== undefined) this.#pools.set(id, pool)
    if (place !== undefined) {
      this.#put(id, place.leases, place.pool)
      for (const [product, at] of place.leases) this.#ends.put({ at, machine: id, product })
    }
    this.#peak = peaks.all
    this.#peaks = new Map(peaks.pools)
  }

  /** Sets everything that is known, in an empty one. */
  restoreAll(joined: ReadonlyMap<string, string>, places: ReadonlyMap<string, Place>, peaks: PoolPeaks): void {
    for (const [id, pool] of joined) this.restore(id, { pool, place: places.get(id), peaks })
    for (const [id, place] of places) if (!joined.has(id)) this.restore(id, { pool: undefined, place, peaks })
    this.#peak = peaks.all
    this.#peaks = new Map(peaks.pools)
  }

  #put(id: string, leases: ReadonlyMap<string, Instant>, pool: string = this.#pools.get(id) ?? ''): void {
    this.#takePlace(id)
    const live = (this.#live.get(pool) ?? 0) + 1
    this.#places.set(id, { pool, leases })
    this.#live.set(pool, live)
    this.#peaks.set(pool, Math.max(live, this.#peaks.get(pool) ?? 0))
    this.#peak = Math.max(this.#places.size, this.#peak)
  }

  #remove(id: string, product: string): void {
    const place = this.#places.get(id)
    if (place?.leases.has(product) !== true) return
    if (place.leases.size === 1) {
      this.#leave(id)
      return
    }
    const leases = new Map([...place.leases].filter(([other]) => other !== product))
    this.#places.set(id, { pool: place.pool, leases })
  }

  #leave(id: string): void {
    this.#takePlace(id)
    this.#pools.delete(id)
  }

  #takePlace(id: string): void {
    const place = this.#places.get(id)
    if (place === undefined) return
    this.#places.delete(id)
    this.#live.set(place.pool, (this.#live.get(place.pool) ?? 0) - 1)
  }

  /** Looks only at ends that have passed; those of leases that were renewed or given back since say nothing. */
  #sweep(now: Instant): void {
    for (let end = this.#ends.first; end !== undefined && end.at <= now; end = this.#ends.first) {
      this.#ends.takeFirst()
      if (this.#places.get(end.machine)?.leases.get(end.product) !== end.at) continue
      this.#remove(end.machine, end.product)
      this.#ended(end)
    }
  }
}
