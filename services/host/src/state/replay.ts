import { type Rows, flag, word } from './rows.ts'
import { type RowKeys, Slots } from './slots.ts'

/** The rows by the `cti` of their last grant. */
class GrantKeys implements RowKeys {
  readonly #rows: Rows

  constructor(rows: Rows) {
    this.#rows = rows
  }

  low(row: number): number {
    return this.#rows.get(row, word.cti)
  }

  high(row: number): number {
    return this.#rows.get(row, word.ctiHigh)
  }
}

/** What is needed while entries are read again, and not before or after. */
export class Replay {
  /** Every grant before this entry has been verified. */
  readonly verified: number
  readonly #rows: Rows
  #byCti: Slots | undefined

  constructor(rows: Rows, verified: number) {
    this.#rows = rows
    this.verified = verified
  }

  /** The row of a grant by its `cti`. The first one that is asked for makes the index. */
  find(cti: number, ctiHigh: number): number {
    this.#byCti ??= this.#index()
    return this.#byCti.find(cti, ctiHigh)
  }

  leaving(row: number): void {
    const rows = this.#rows
    if (rows.has(row, flag.granted)) this.#byCti?.remove(rows.get(row, word.cti), rows.get(row, word.ctiHigh))
  }

  entered(row: number): void {
    if (this.#rows.has(row, flag.granted)) this.#byCti?.put(row)
  }

  #index(): Slots {
    const slots = new Slots(new GrantKeys(this.#rows))
    for (let row = 0; row < this.#rows.end; row += 1) if (this.#rows.has(row, flag.granted)) slots.put(row)
    return slots
  }
}
