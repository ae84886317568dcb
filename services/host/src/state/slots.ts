import { GatheredKeys } from './gathered-keys.ts'

/** The key of each row that an index finds: 64 bits of a keyed digest, in halves. */
export interface RowKeys {
  low(row: number): number
  high(row: number): number
}

const segmentCount = 256
const segmentMask = segmentCount - 1
const leastSlots = 16
/** A segment grows to five quarters when four of its five slots are taken: so little is empty, and little is moved at a time. */
const fullest = 0.8
const growth = 1.25

/** Room beyond what is reserved, as a part of it: five slots for four rows, and a little for those that segments differ by. */
const spare = 0.32

const rowMask = 0x3ffffff

/**
 * Finds rows by their keys: open addressing over numbers, four bytes a slot. A slot has the row (26 bits, one more than its number) and
 * six bits of its key, so that a wrong row is seldom looked at. In segments, so that growing never moves more than a part of it at once.
 */
export class Slots {
  readonly #keys: RowKeys
  readonly #segments: Uint32Array[] = Array.from({ length: segmentCount }, () => new Uint32Array(leastSlots))
  readonly #taken = new Uint32Array(segmentCount)

  constructor(keys: RowKeys) {
    this.#keys = keys
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { byteLength }) => sum + byteLength, 0)
  }

  /** Makes room for a number of rows, while there are none. */
  reserve(rows: number): void {
    const slots = Math.ceil((rows / segmentCount) * (1 + spare)) + leastSlots
    for (const [number, taken] of this.#taken.entries()) {
      if (taken === 0) this.#segments[number] = new Uint32Array(slots)
    }
  }

  /** Gives the row with a key; −1 when there is none. */
  find(low: number, high: number): number {
    const segment = this.#segment(high)
    const slot = this.#slot(segment, low, high)
    return ((segment[slot] ?? 0) & rowMask) - 1
  }

  /** Puts a row in, in the place of the one that had its key. */
  put(row: number): void {
    if (this.putNew(row)) return
    const high = this.#keys.high(row)
    const segment = this.#segment(high)
    segment[this.#slot(segment, this.#keys.low(row), high)] = entryOf(row, high)
  }

  /** Puts a row in unless there is one with its key; tells whether it did. */
  putNew(row: number): boolean {
    return this.add(row, this.#keys.low(row), this.#keys.high(row))
  }

  /** The same for who knows the row's key already. */
  add(row: number, low: number, high: number): boolean {
    const number = high & segmentMask
    const segment = this.#segment(high)
    const slot = this.#slot(segment, low, high)
    if (segment[slot] !== 0) return false
    segment[slot] = entryOf(row, high)
    const taken = (this.#taken[number] ?? 0) + 1
    this.#taken[number] = taken
    if (taken > segment.length * fullest) this.#grow(number)
    return true
  }

  /** Gathers rows that are to be put in all at once. */
  gather(rows: number): GatheredKeys {
    return new GatheredKeys(rows, segmentCount)
  }

  /** Puts gathered rows in but for those that are gone, and gives those whose key was there already. */
  addAll(gathered: GatheredKeys, gone: ReadonlySet<number>): number[] {
    const left: number[] = []
    gathered.forEach((row, low, high) => {
      const isGone = gone.size > 0 && gone.has(row)
      if (!isGone && !this.add(row, low, high)) left.push(row)
    })
    gathered.free()
    return left
  }

  /** Takes a key out. What had to step aside for it moves up, so that no slot is ever marked as deleted. */
  remove(low: number, high: number): void {
    const segment = this.#segment(high)
    let hole = this.#slot(segment, low, high)
    if (segment[hole] === 0) return
    const number = high & segmentMask
    this.#taken[number] = (this.#taken[number] ?? 0) - 1
    const { length } = segment
    for (let slot = (hole + 1) % length; segment[slot] !== 0; slot = (slot + 1) % length) {
      const entry = segment[slot] ?? 0
      const home = homeOf(this.#keys.low((entry & rowMask) - 1), length)
      if ((slot - home + length) % length < (slot - hole + length) % length) continue
      segment[hole] = entry
      hole = slot
    }
    segment[hole] = 0
  }

  #segment(high: number): Uint32Array {
    return this.#segments[high & segmentMask] ?? new Uint32Array(leastSlots)
  }

  /** The slot that has the key, or the empty one where it would be. */
  #slot(segment: Uint32Array, low: number, high: number): number {
    const { length } = segment
    const tag = tagOf(high)
    let slot = homeOf(low, length)
    for (;;) {
      const entry = segment[slot] ?? 0
      if (entry === 0) return slot
      if (entry >>> 26 === tag && this.#is((entry & rowMask) - 1, low, high)) return slot
      slot += 1
      if (slot === length) slot = 0
    }
  }

  #is(row: number, low: number, high: number): boolean {
    return this.#keys.low(row) === low && this.#keys.high(row) === high
  }

  #grow(number: number): void {
    const before = this.#segments[number] ?? new Uint32Array(0)
    const grown = new Uint32Array(Math.ceil(before.length * growth))
    for (const entry of before) {
      if (entry === 0) continue
      let slot = homeOf(this.#keys.low((entry & rowMask) - 1), grown.length)
      while (grown[slot] !== 0) slot = (slot + 1) % grown.length
      grown[slot] = entry
    }
    this.#segments[number] = grown
  }
}

function homeOf(low: number, length: number): number {
  return Math.floor((low * length) / 2 ** 32)
}

function tagOf(high: number): number {
  return high >>> 26
}

function entryOf(row: number, high: number): number {
  return ((tagOf(high) << 26) | (row + 1)) >>> 0
}
