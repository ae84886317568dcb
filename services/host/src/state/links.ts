const chunkBits = 16
const rowsPerChunk = 2 ** chunkBits
const inChunk = rowsPerChunk - 1

/** A pair of rows for each row, kept only for those parts of the table where any row has one. −1 for none. */
export class Links {
  readonly #chunks: (Uint32Array | undefined)[] = []

  get bytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + (chunk?.byteLength ?? 0), 0)
  }

  older(row: number): number {
    return (this.#chunks[row >>> chunkBits]?.[2 * (row & inChunk)] ?? 0) - 1
  }

  newer(row: number): number {
    return (this.#chunks[row >>> chunkBits]?.[2 * (row & inChunk) + 1] ?? 0) - 1
  }

  setOlder(row: number, to: number): void {
    this.#set(row, 0, to)
  }

  setNewer(row: number, to: number): void {
    this.#set(row, 1, to)
  }

  #set(row: number, side: 0 | 1, to: number): void {
    const number = row >>> chunkBits
    const chunk = this.#chunks[number]
    if (chunk !== undefined) chunk[2 * (row & inChunk) + side] = to + 1
    else if (to !== -1) {
      const made = new Uint32Array(2 * rowsPerChunk)
      made[2 * (row & inChunk) + side] = to + 1
      this.#chunks[number] = made
    }
  }
}
