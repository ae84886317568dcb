import { GatheredKeys, gatheredWords } from './gathered-keys.ts'
import { entryOf, rowOf, tagOf } from './slot-entry.ts'

/** The key of each row that an index finds: 64 bits of a keyed digest, in halves. */
export interface RowKeys {
  low(row: number): number
  high(row: number): number
}

const segmentCount = 256
const segmentMask = segmentCount - 1
const leastSlots = 16
/** A segment grows to five quarters when so much of it is taken: so little is empty, and little is moved at a time. */
const fullest = 0.85
const growth = 1.25

/** Room beyond what is reserved, as a part of it: five slots for four rows. With a million of them segments differ by less than is left. */
const spare = 0.25

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

  /** Makes room for a number of rows, while there are none; before anything else that is freed again, which would leave a hole in memory. */
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
    return rowOf(segment[slot] ?? 0)
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
    this.#count(number, segment.length)
    return true
  }

  /** Gathers rows that are to be put in all at once. */
  gather(rows: number): GatheredKeys {
    return new GatheredKeys(rows, segmentCount)
  }

  /** Puts gathered rows in but for those that are gone, and gives those whose key was there already. */
  addAll(gathered: GatheredKeys, gone: ReadonlySet<number>): number[] {
    const left: number[] = []
    for (let number = 0; number < segmentCount; number += 1) this.#addPart(number, gathered.part(number), gone, left)
    for (const [row, low, high] of gathered.late) if (!gone.has(row) && !this.add(row, low, high)) left.push(row)
    gathered.free()
    return left
  }

  #addPart(number: number, part: Uint32Array, gone: ReadonlySet<number>, left: number[]): void {
    const isAnyGone = gone.size > 0
    for (let at = 0; at < part.length; at += gatheredWords) {
      const [entry, low] = [part[at] ?? 0, part[at + 1] ?? 0]
      if (isAnyGone && gone.has(rowOf(entry))) continue
      if (!this.#addEntry(number, entry, low)) left.push(rowOf(entry))
    }
  }

  /** As `add`, where the high half of the key is looked up only for those that could be the same. */
  #addEntry(number: number, entry: number, low: number): boolean {
    const segment = this.#segments[number] ?? new Uint32Array(leastSlots)
    const { length } = segment
    let slot = homeOf(low, length)
    for (let found = segment[slot] ?? 0; found !== 0; found = segment[slot] ?? 0) {
      const isSimilar = (found ^ entry) >>> 26 === 0
      if (isSimilar && this.#is(rowOf(found), low, this.#keys.high(rowOf(entry)))) return false
      slot = slot + 1 === length ? 0 : slot + 1
    }
    segment[slot] = entry
    this.#count(number, length)
    return true
  }

  #count(number: number, length: number): void {
    const taken = (this.#taken[number] ?? 0) + 1
    this.#taken[number] = taken
    if (taken > length * fullest) this.#grow(number)
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
      const home = homeOf(this.#keys.low(rowOf(entry)), length)
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
      if (entry >>> 26 === tag && this.#is(rowOf(entry), low, high)) return slot
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
      let slot = homeOf(this.#keys.low(rowOf(entry)), grown.length)
      while (grown[slot] !== 0) slot = (slot + 1) % grown.length
      grown[slot] = entry
    }
    this.#segments[number] = grown
  }
}

function homeOf(low: number, length: number): number {
  return Math.floor((low * length) / 2 ** 32)
}
