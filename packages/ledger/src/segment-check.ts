import { closeSync } from 'node:fs'
import { type Batch, BatchReader } from './batch-reader.ts'
import { damaged } from './damage.ts'
import { openIfThere } from './open-if-there.ts'
import { type LedgerFiles, segmentEntries } from './ledger-files.ts'

/** Reads a segment's batches for `verifyLedger`, and judges what stands behind the last whole one. */
export class SegmentCheck {
  readonly path: string
  readonly #number: number
  readonly #descriptor: number
  readonly #reader: BatchReader

  constructor(files: LedgerFiles, number: number) {
    this.path = files.segment('entries', number)
    this.#number = number
    const descriptor = openIfThere(this.path)
    if (descriptor === undefined) throw damaged({ path: this.path }, 'it is missing')
    this.#descriptor = descriptor
    try {
      this.#reader = new BatchReader(descriptor, number, this.path)
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
  }

  /** Gives the next whole batch. Where bytes are just being erased, one that is not whole is looked at again. */
  next(): Batch | undefined {
    for (let tries = 0; ; tries += 1) {
      const batch = this.#reader.next()
      if (batch !== undefined || this.#reader.offset >= this.#reader.size || tries === 2) return batch
      this.#reader.refresh()
    }
  }

  /** Up to where it was read. */
  get offset(): number {
    return this.#reader.offset
  }

  /** The first record that is not whole. */
  get broken(): { readonly offset: number; readonly index: number } | undefined {
    return this.#reader.broken
  }

  /** A running host may just be writing behind the last segment's end, so that an unfinished batch is no damage there. */
  end(isLast: boolean, size: number): void {
    const { offset } = this.#reader
    const place = { path: this.path, offset, index: size, ...this.#reader.broken }
    if (!isLast && size !== (this.#number + 1) * segmentEntries) throw damaged(place, `only ${size} entries are whole`)
    if (!isLast && offset !== this.#reader.size)
      throw damaged(place, 'there is more behind the last entry of a segment')
    if (offset !== this.#reader.size && this.#reader.hasBatchBehind(size))
      throw damaged(place, 'whole batches stand behind one that is not')
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}
