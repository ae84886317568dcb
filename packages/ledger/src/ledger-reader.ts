import { closeSync } from 'node:fs'
import type { Instant } from '@volact/core/time'
import { type Batch, BatchReader } from './batch-reader.ts'
import { damaged } from './damage.ts'
import { openIfThere } from './open-if-there.ts'
import { type DetailsPlace, DetailsReader } from './details-reader.ts'
import { detailsIndex, type DetailsRecord, parseDetailsBody } from './details-record.ts'
import { type LedgerFiles, ledgerFiles, segmentOf } from './ledger-files.ts'
import { recordKinds } from './record.ts'

/** An entry with what lies beside it. */
export interface FoundEntry {
  readonly index: number
  /** Time of its batch. */
  readonly time: Instant
  /** Nothing when they were erased. */
  readonly bytes?: Uint8Array
  readonly details?: DetailsRecord
}

/**
 * Reads a ledger beside the process that has it open, from another thread or process, and never writes. The caller knows how many
 * entries are durable. It remembers where it was, so that reading on costs no search.
 */
export class LedgerReader {
  readonly #files: LedgerFiles
  #entries: EntryCursor | undefined
  #details: DetailsCursor | undefined

  constructor(dir: string) {
    this.#files = ledgerFiles(dir)
  }

  /** Gives the entries from an index to before another, which all are durable. `LEDGER_DAMAGED` where one is not there. */
  *read(from: number, to: number): Generator<FoundEntry> {
    this.#entries?.refresh()
    this.#details?.refresh()
    for (let index = from; index < to;) {
      const { batch, time } = this.#entriesAt(index).batchOf(index)
      for (const { index: at, erased, body } of batch) {
        if (at < index || at >= to) continue
        const details = this.#detailsAt(at).of(at)
        yield { index: at, time, ...(!erased && { bytes: new Uint8Array(body) }), ...(details && { details }) }
      }
      index = (batch.at(-1)?.index ?? index) + 1
    }
  }

  close(): void {
    this.#entries?.close()
    this.#details?.close()
    this.#entries = undefined
    this.#details = undefined
  }

  #entriesAt(index: number): EntryCursor {
    if (this.#entries?.reaches(index) === true) return this.#entries
    this.#entries?.close()
    this.#entries = undefined
    this.#entries = new EntryCursor(this.#files, segmentOf(index), index)
    return this.#entries
  }

  #detailsAt(index: number): DetailsCursor {
    if (this.#details?.reaches(index) === true) return this.#details
    this.#details?.close()
    this.#details = new DetailsCursor(this.#files, segmentOf(index))
    return this.#details
  }
}

/** A place in a segment's entries. */
class EntryCursor {
  readonly #segment: number
  readonly #path: string
  readonly #descriptor: number
  readonly #reader: BatchReader
  #next: number
  #last: Batch | undefined

  constructor(files: LedgerFiles, segment: number, index: number) {
    this.#segment = segment
    this.#path = files.segment('entries', segment)
    const descriptor = openIfThere(this.#path)
    if (descriptor === undefined) throw damaged({ path: this.#path, index }, 'it is missing')
    this.#descriptor = descriptor
    this.#next = index
    try {
      this.#reader = new BatchReader(descriptor, segment, this.#path)
      this.#reader.skipTo(index)
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
  }

  reaches(index: number): boolean {
    const isAgain = this.#last !== undefined && index >= this.#last.first && index < this.#last.first + this.#last.count
    return segmentOf(index) === this.#segment && (index === this.#next || isAgain)
  }

  /** Gives the entries of the batch in which an entry stands. Where bytes are just being erased, it is looked at again. */
  batchOf(index: number): { readonly batch: Batch['records']; readonly time: Instant } {
    const known = this.#last
    if (known !== undefined && index >= known.first && index < known.first + known.count)
      return { batch: known.records, time: known.time }
    for (let tries = 0; tries < 3; tries += 1) {
      const batch = this.#reader.next()
      if (batch !== undefined && batch.first <= index && index < batch.first + batch.count) {
        this.#last = batch
        this.#next = batch.first + batch.count
        return { batch: batch.records, time: batch.time }
      }
      this.#reader.refresh()
    }
    throw damaged(
      { path: this.#path, offset: this.#reader.offset, index, ...this.#reader.broken },
      'no whole batch is here',
    )
  }

  refresh(): void {
    // What was read may have been erased since.
    this.#last = undefined
    this.#reader.refresh()
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

/** A place in a segment's details, whose records come in the order of their entries. */
class DetailsCursor {
  readonly #files: LedgerFiles
  readonly #segment: number
  #descriptor: number | undefined
  #reader: DetailsReader | undefined
  #asked = -1
  #ahead: DetailsRecord | undefined

  constructor(files: LedgerFiles, segment: number) {
    this.#files = files
    this.#segment = segment
    this.#open()
  }

  reaches(index: number): boolean {
    return segmentOf(index) === this.#segment && index > this.#asked
  }

  of(index: number): DetailsRecord | undefined {
    this.#asked = index
    while (this.#ahead === undefined || this.#ahead.index < index) {
      this.#ahead = this.#next()
      if (this.#ahead === undefined) return undefined
    }
    return this.#ahead.index === index ? this.#ahead : undefined
  }

  refresh(): void {
    if (this.#reader === undefined) this.#open()
    else this.#reader.refresh()
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
    this.#reader = undefined
  }

  #open(): void {
    const path = this.#files.segment('details', this.#segment)
    this.#descriptor = openIfThere(path)
    if (this.#descriptor !== undefined) this.#reader = new DetailsReader(this.#descriptor, this.#segment, path)
  }

  #next(): DetailsRecord | undefined {
    for (let record = this.#record(); record !== undefined; record = this.#record()) {
      if (record.kind !== recordKinds.details || detailsIndex(record.body, this.#segment) < this.#asked) continue
      return parseDetailsBody(record.body, this.#segment)
    }
    return undefined
  }

  /** Where bytes are just being erased, a record that is not whole is looked at again. */
  #record(): DetailsPlace | undefined {
    const reader = this.#reader
    for (let tries = 0; reader !== undefined && tries < 3; tries += 1) {
      const record = reader.next()
      if (record !== undefined || reader.offset >= reader.size) return record
      reader.refresh()
    }
    return undefined
  }
}
