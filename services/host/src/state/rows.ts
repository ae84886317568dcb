import type { Instant } from '@volact/core/time'

/**
 * The words of a row. A row is a machine of one application, with the license for one product of it; each further product is a row
 * of its own, chained to the first one by `next`, which names its owner where a first row has the machine's digest.
 */
export const word = {
  machine: 0,
  machineHigh: 1,
  anchor: 2,
  anchorHigh: 3,
  /** Hour of the last contact · 10 bits: number of the application. */
  contact: 4,
  /** Hour of the first contact of the hardware · 10 bits: flags. */
  born: 5,
  /** One more than the row of the next product; 0 for none. */
  next: 6,
  index: 7,
  /** The first 8 bytes of the `cti` of the last grant. */
  cti: 8,
  ctiHigh: 9,
  stable: 10,
  stableHigh: 11,
  /** Seconds since `epoch`. */
  expires: 12,
  /** 16 bits: number of the product · 8 bits: the high bits of the index. */
  product: 13,
} as const

/** What the words say besides. The first three are those of a document (protocol.md §6.1). */
export const flag = {
  weak: 1,
  virtual: 2,
  ephemeral: 4,
  used: 8,
  extra: 16,
  granted: 32,
  givenBack: 64,
  unverified: 128,
  stable: 256,
  contact: 512,
} as const

/** The flags that a machine says of itself. */
export const machineFlags: number = flag.weak | flag.virtual | flag.ephemeral

export const rowWords = 14
const chunkBits = 16
const rowsPerChunk = 2 ** chunkBits
const inChunk = rowsPerChunk - 1

/** Twenty-six bits number a row, and six tell it apart in an index. */
const mostRows = 2 ** 26

/** Ends of leases are kept from here on, so that 32 bits last beyond 2150. */
export const epoch: Instant = 1_577_836_800
const lastEnd = 2 ** 32 - 1

/** Rows of numbers, in chunks: no object a machine, nothing to move when they grow, and nothing for a garbage collector to look at. */
export class Rows {
  readonly #chunks: Uint32Array[] = []
  readonly #free: number[] = []
  #end = 0
  #used = 0

  /** One more than the highest row that was ever used. */
  get end(): number {
    return this.#end
  }

  get used(): number {
    return this.#used
  }

  get bytes(): number {
    return this.#chunks.length * rowsPerChunk * rowWords * 4
  }

  /** Gives an empty row. */
  take(): number {
    const row = this.#free.pop() ?? this.#append()
    this.#used += 1
    this.set(row, word.born, flag.used)
    return row
  }

  give(row: number): void {
    this.clear(row)
    this.#free.push(row)
    this.#used -= 1
  }

  clear(row: number): void {
    const start = (row & inChunk) * rowWords
    this.#chunks[row >>> chunkBits]?.fill(0, start, start + rowWords)
  }

  get(row: number, at: number): number {
    return this.#chunks[row >>> chunkBits]?.[(row & inChunk) * rowWords + at] ?? 0
  }

  set(row: number, at: number, value: number): void {
    const chunk = this.#chunks[row >>> chunkBits]
    if (chunk !== undefined) chunk[(row & inChunk) * rowWords + at] = value
  }

  /** Copies the words of a row to another place, or back. */
  read(row: number, into: Uint32Array, at: number): void {
    const chunk = this.#chunks[row >>> chunkBits]
    const start = (row & inChunk) * rowWords
    for (let position = 0; position < rowWords; position += 1) into[at + position] = chunk?.[start + position] ?? 0
  }

  write(row: number, from: Uint32Array, at: number): void {
    const chunk = this.#chunks[row >>> chunkBits]
    const start = (row & inChunk) * rowWords
    if (chunk === undefined) return
    for (let position = 0; position < rowWords; position += 1) chunk[start + position] = from[at + position] ?? 0
  }

  /** Copies consecutive rows to another place. */
  copy(from: number, end: number, into: Uint32Array, at: number): void {
    for (let [row, to] = [from, at]; row < end;) {
      const until = Math.min(end, row - (row & inChunk) + rowsPerChunk)
      const start = (row & inChunk) * rowWords
      const words = (until - row) * rowWords
      const chunk = this.#chunks[row >>> chunkBits]
      if (chunk !== undefined) into.set(chunk.subarray(start, start + words), to)
      to += words
      row = until
    }
  }

  /** Adds consecutive rows behind all others, their words as they are, and gives the number of the first one. */
  load(words: Uint32Array, at: number, count: number): number {
    const first = this.#end
    for (let [row, from] = [first, at]; row < first + count;) {
      this.#makeRoom(row)
      const until = Math.min(first + count, row - (row & inChunk) + rowsPerChunk)
      const length = (until - row) * rowWords
      this.#chunks[row >>> chunkBits]?.set(words.subarray(from, from + length), (row & inChunk) * rowWords)
      from += length
      row = until
    }
    this.#end += count
    this.#used += count
    return first
  }

  /** How many first rows with a contact were born in an hour or later. Looks at all of them. */
  bornSince(hour: number): number {
    let found = 0
    for (const [number, chunk] of this.#chunks.entries()) {
      const end = Math.min(rowsPerChunk, this.#end - number * rowsPerChunk) * rowWords
      for (let at = word.born; at < end; at += rowWords) {
        const born = chunk[at] ?? 0
        if (born >>> 10 >= hour && (born & (flag.contact | flag.extra)) === flag.contact) found += 1
      }
    }
    return found
  }

  has(row: number, bits: number): boolean {
    return (this.get(row, word.born) & bits) !== 0
  }

  mark(row: number, bits: number): void {
    this.set(row, word.born, this.get(row, word.born) | bits)
  }

  unmark(row: number, bits: number): void {
    this.set(row, word.born, this.get(row, word.born) & ~bits)
  }

  application(row: number): number {
    return this.get(row, word.contact) & 0x3ff
  }

  /** Hour of the last contact. */
  hour(row: number): number {
    return this.get(row, word.contact) >>> 10
  }

  setContact(row: number, hour: number, application: number): void {
    this.set(row, word.contact, (hour << 10) | application)
  }

  /** Hour in which the hardware was first seen. */
  born(row: number): number {
    return this.get(row, word.born) >>> 10
  }

  setBorn(row: number, hour: number): void {
    this.set(row, word.born, (hour << 10) | (this.get(row, word.born) & 0x3ff))
  }

  product(row: number): number {
    return this.get(row, word.product) & 0xffff
  }

  index(row: number): number {
    return this.get(row, word.index) + (this.get(row, word.product) >>> 16) * 2 ** 32
  }

  setIndex(row: number, index: number, product: number): void {
    this.set(row, word.index, index)
    this.set(row, word.product, product | (Math.floor(index / 2 ** 32) << 16))
  }

  /** End of the lease; the last moment that fits stands for all later ones. */
  expires(row: number): Instant {
    return this.get(row, word.expires) + epoch
  }

  setExpires(row: number, expires: Instant): void {
    this.set(row, word.expires, Math.min(Math.max(expires - epoch, 0), lastEnd))
  }

  #append(): number {
    this.#makeRoom(this.#end)
    this.#end += 1
    return this.#end - 1
  }

  /** A row behind the last one may need a new chunk. */
  #makeRoom(row: number): void {
    if (row >= mostRows) throw new Error(`a ledger's state holds ${mostRows} licenses at most`)
    if (row % rowsPerChunk === 0) this.#chunks.push(new Uint32Array(rowsPerChunk * rowWords))
  }
}
