const chunkBits = 16
const rowsPerChunk = 2 ** chunkBits
const inChunk = rowsPerChunk - 1

interface Chunk {
  /** Two more than the index of the grant before; 0 for a row that is not noted. */
  readonly indexes: Float64Array
  readonly hours: Uint32Array
  count: number
}

/** What a license goes back to if its last grant turns out to be nobody's (rule 15). */
export interface EarlierGrant {
  /** Index of the grant before; −1 when there was none. */
  readonly index: number
  /** Hour of the machine's contact before. */
  readonly hour: number
}

/** The grants before those that rest unverified, by row. Memory is taken for the parts of the table where there are any. */
export class EarlierGrants {
  readonly #chunks: (Chunk | undefined)[] = []
  #count = 0

  get count(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + (chunk === undefined ? 0 : rowsPerChunk * 12), 0)
  }

  /** Notes what was before. */
  note(row: number, index: number, hour: number): void {
    const chunk = (this.#chunks[row >>> chunkBits] ??= newChunk())
    const at = row & inChunk
    if (chunk.indexes[at] === 0) {
      chunk.count += 1
      this.#count += 1
    }
    chunk.indexes[at] = index + 2
    chunk.hours[at] = hour
  }

  get(row: number): EarlierGrant | undefined {
    const chunk = this.#chunks[row >>> chunkBits]
    const noted = chunk?.indexes[row & inChunk] ?? 0
    return noted === 0 ? undefined : { index: noted - 2, hour: chunk?.hours[row & inChunk] ?? 0 }
  }

  /** Forgets all but those that a rule keeps. */
  keep(isKept: (row: number) => boolean): void {
    for (const row of this.rows()) if (!isKept(row)) this.forget(row)
  }

  /** The rows that are noted. */
  *rows(): Generator<number> {
    for (const [number, chunk] of this.#chunks.entries()) {
      for (let at = 0; at < (chunk?.indexes.length ?? 0); at += 1) {
        if (chunk !== undefined && chunk.indexes[at] !== 0) yield number * rowsPerChunk + at
      }
    }
  }

  forget(row: number): void {
    const number = row >>> chunkBits
    const chunk = this.#chunks[number]
    if (chunk === undefined || chunk.indexes[row & inChunk] === 0) return
    chunk.indexes[row & inChunk] = 0
    chunk.count -= 1
    this.#count -= 1
    if (chunk.count === 0) this.#chunks[number] = undefined
  }
}

function newChunk(): Chunk {
  return { indexes: new Float64Array(rowsPerChunk), hours: new Uint32Array(rowsPerChunk), count: 0 }
}
