import { flag, type Rows, rowWords, word } from './rows.ts'
import { blockHeadWords, earlierWords } from './snapshot-format.ts'
import type { StateParts } from './state-parts.ts'

/** Rows that a block may have beyond those that were asked for: a machine's products stay together. */
const mostExtra = 2_048

/** Writes rows of a state as blocks of a snapshot, into one buffer. Machines with one product, which most are, are copied in runs. */
export class SnapshotBlocks {
  readonly #state: StateParts
  readonly #rows: Rows
  readonly #block: Uint32Array
  readonly #earlier: number[] = []
  readonly #mostRows: number
  #count = 0

  constructor(state: StateParts, machines: number) {
    this.#state = state
    this.#rows = state.table.rows
    this.#mostRows = machines + mostExtra
    this.#block = new Uint32Array(blockHeadWords + this.#mostRows * (rowWords + earlierWords))
  }

  /** Takes in the machines whose first rows lie from one row to before another; gives the row at which to go on. */
  fill(from: number, end: number): number {
    this.#count = 0
    this.#earlier.length = 0
    let row = from
    while (row < end && this.#count + (end - row) <= this.#mostRows) {
      const until = this.#endOfRun(row, end)
      if (until > row) this.#takeRun(row, until)
      else if (this.#rows.has(row, flag.used) && !this.#rows.has(row, flag.extra)) this.#takeMachine(row)
      row = Math.max(until, row + 1)
    }
    return row
  }

  /** The bytes of the block; nothing when no machine was there. They are good until the next one is filled. */
  bytes(): Uint8Array {
    if (this.#count === 0) return new Uint8Array(0)
    const end = blockHeadWords + this.#count * rowWords
    this.#block[0] = this.#count
    this.#block[1] = this.#earlier.length / earlierWords
    this.#block.set(this.#earlier, end)
    return new Uint8Array(this.#block.buffer, 0, 4 * (end + this.#earlier.length))
  }

  /** The end of the machines with one product that stand here one after the other. */
  #endOfRun(from: number, end: number): number {
    const rows = this.#rows
    let row = from
    while (row < end) {
      const isFirst = (rows.get(row, word.born) & (flag.used | flag.extra)) === flag.used
      if (!isFirst || rows.get(row, word.next) !== 0) return row
      row += 1
    }
    return row
  }

  #takeRun(from: number, end: number): void {
    this.#rows.copy(from, end, this.#block, this.#next)
    for (let row = from; row < end; row += 1) {
      if (this.#rows.has(row, flag.unverified)) this.#noteEarlier(row)
      this.#count += 1
    }
  }

  #takeMachine(first: number): void {
    const start = this.#next
    const before = this.#count
    for (let row = first; row !== -1; row = this.#rows.get(row, word.next) - 1) {
      this.#rows.copy(row, row + 1, this.#block, this.#next)
      if (this.#rows.has(row, flag.unverified)) this.#noteEarlier(row)
      this.#count += 1
    }
    this.#block[start + word.next] = this.#count - before - 1
  }

  #noteEarlier(row: number): void {
    const before = this.#state.licenses.earlier.get(row)
    if (before === undefined) return
    const index = before.index + 1
    this.#earlier.push(this.#count, index % 2 ** 32, Math.floor(index / 2 ** 32), before.hour)
  }

  get #next(): number {
    return blockHeadWords + this.#count * rowWords
  }
}
