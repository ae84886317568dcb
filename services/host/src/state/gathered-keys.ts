const wordsEach = 3

/** Room beyond the mean, as a part of it, and in rows: keys are digests, so that parts differ by little. */
const [spare, leastSpare] = [0.06, 64]

/**
 * Rows with their keys, gathered in parts by the low bits of `high`, so that an index can take them in part after part and the memory is not
 * jumped about in: that is what costs most when a million rows come at once. Takes twelve bytes a row until it is freed.
 */
export class GatheredKeys {
  readonly #words: Uint32Array<ArrayBuffer>
  readonly #counts: Uint32Array
  readonly #most: number
  /** What a part had no room for. */
  readonly #late: [row: number, low: number, high: number][] = []

  /** `parts` is a power of two, `rows` how many are expected. */
  constructor(rows: number, parts: number) {
    this.#most = Math.ceil((rows / parts) * (1 + spare)) + leastSpare
    this.#words = new Uint32Array(parts * this.#most * wordsEach)
    this.#counts = new Uint32Array(parts)
  }

  put(row: number, low: number, high: number): void {
    const part = high & (this.#counts.length - 1)
    const count = this.#counts[part] ?? 0
    if (count === this.#most) {
      this.#late.push([row, low, high])
      return
    }
    this.#counts[part] = count + 1
    const at = (part * this.#most + count) * wordsEach
    this.#words[at] = row
    this.#words[at + 1] = low
    this.#words[at + 2] = high
  }

  /** Gives all rows, part by part; those of one key in the order in which they came. */
  forEach(take: (row: number, low: number, high: number) => void): void {
    for (let part = 0; part < this.#counts.length; part += 1) {
      const start = part * this.#most * wordsEach
      const end = start + (this.#counts[part] ?? 0) * wordsEach
      for (let at = start; at < end; at += wordsEach) {
        take(this.#words[at] ?? 0, this.#words[at + 1] ?? 0, this.#words[at + 2] ?? 0)
      }
    }
    for (const late of this.#late) take(...late)
  }

  /** Gives the memory back now, not when a garbage collector finds it. */
  free(): void {
    this.#words.buffer.transfer(0)
  }
}
