import { entryOf } from './slot-entry.ts'

/** Words of a gathered row: what its slot is going to have, and the low half of its key. */
export const gatheredWords = 2

/** Room beyond the mean, as a part of it, and in rows: keys are digests, so that parts differ by little. */
const [spare, leastSpare] = [0.06, 64]

/**
 * Rows with their keys, gathered in parts by the low bits of `high`, so that an index can take them in part after part and the memory is not
 * jumped about in: that is what costs most when a million rows come at once. Takes eight bytes a row until it is freed.
 */
export class GatheredKeys {
  readonly #words: Uint32Array<ArrayBuffer>
  readonly #counts: Uint32Array
  readonly #mask: number
  readonly #most: number
  /** What a part had no room for. */
  readonly #late: [row: number, low: number, high: number][] = []

  /** `parts` is a power of two, `rows` how many are expected. */
  constructor(rows: number, parts: number) {
    this.#most = Math.ceil((rows / parts) * (1 + spare)) + leastSpare
    this.#words = new Uint32Array(parts * this.#most * gatheredWords)
    this.#counts = new Uint32Array(parts)
    this.#mask = parts - 1
  }

  put(row: number, low: number, high: number): void {
    const part = high & this.#mask
    const count = this.#counts[part] ?? 0
    if (count === this.#most) {
      this.#late.push([row, low, high])
      return
    }
    this.#counts[part] = count + 1
    const at = (part * this.#most + count) * gatheredWords
    this.#words[at] = entryOf(row, high)
    this.#words[at + 1] = low
  }

  /** Entry and low half of all rows of a part, one after the other; those of one key in the order in which they came, but for late ones. */
  part(number: number): Uint32Array {
    const start = number * this.#most * gatheredWords
    return this.#words.subarray(start, start + (this.#counts[number] ?? 0) * gatheredWords)
  }

  /** Those that their part had no room for: they come behind all others. */
  get late(): readonly (readonly [row: number, low: number, high: number])[] {
    return this.#late
  }

  /** Gives the memory back now, not when a garbage collector finds it. */
  free(): void {
    this.#words.buffer.transfer(0)
  }
}
