import { randomBytes } from 'node:crypto'
import { closeSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs'
import { concat } from '@volact/core/bytes'
import { writeDurably } from '@volact/files/durable'
import { fileError } from '@volact/files/file-error'
import { type DetailsRecord, encodeDetailsRecord, parseDetailsRecord } from './details-record.ts'
import { RecordReader } from './record-reader.ts'
import { encodeRecord, header, saltLength } from './record.ts'

/**
 * The erasable file beside the entries. It is written without a sync: what a crash takes from it are names, never rights.
 * Damage in it is left alone for `verifyLedger` to find; only a torn end is cut off, so that what follows can be read.
 */
export class DetailsLog {
  /** What was cut off when it was opened. */
  readonly notes: readonly string[]
  readonly #path: string
  readonly #descriptor: number
  readonly #seed: number
  #end: number

  constructor(path: string) {
    if (statSync(path, { throwIfNoEntry: false }) === undefined) {
      writeDurably(path, header('details', randomBytes(saltLength)))
    }
    this.#path = path
    this.#descriptor = openSync(path, 'r+')
    const { size, end, seed } = this.#extent()
    this.#end = end
    this.#seed = seed
    if (end < size) ftruncateSync(this.#descriptor, end)
    this.notes = end < size ? [`${path}: cut off ${size - end} bytes that a crash left unfinished`] : []
  }

  /** Appends records. When the disk does not take them they are left out: the entries they belong to are durable already. */
  append(records: readonly DetailsRecord[]): void {
    if (records.length === 0) return
    const bytes = concat(...records.map((record) => encodeRecord(encodeDetailsRecord(record), this.#seed)))
    try {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.#descriptor, bytes, done, bytes.length - done, this.#end + done)
      }
      this.#end += bytes.length
    } catch (error) {
      this.#truncate()
      throw fileError(error, 'write', this.#path)
    }
  }

  /** Reads all records in the order in which they were written, to the first that is damaged. */
  *records(): Generator<DetailsRecord> {
    const reader = new RecordReader(this.#descriptor, 'details', this.#path)
    for (let record = reader.next(); record !== undefined; record = reader.next())
      yield parseDetailsRecord(record.bytes)
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #truncate(): void {
    try {
      ftruncateSync(this.#descriptor, this.#end)
    } catch {
      // The disk refuses even that; the next records are written over it, and a torn end is cut off at the next start.
    }
  }

  #extent(): { size: number; end: number; seed: number } {
    const reader = new RecordReader(this.#descriptor, 'details', this.#path)
    while (reader.next() !== undefined);
    const { offset, size, seed } = reader
    return { size, end: reader.hasRecordBehind() ? size : offset, seed }
  }
}
