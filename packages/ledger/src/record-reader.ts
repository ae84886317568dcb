import { fstatSync, readSync } from 'node:fs'
import { checkHeader, headerLength, type LogKind, prefixLength, recordAt, recordLimit, seedOf } from './record.ts'

/** A record and where its prefix begins in the file. `bytes` are a copy. */
export interface LogRecord {
  readonly offset: number
  readonly bytes: Uint8Array
}

const chunkLength = 1 << 20

/** Reads the records of a log file from its beginning to the first that is not whole, or to the end it had when this was made. */
export class RecordReader {
  /** Size of the file when reading began. */
  readonly size: number
  /** What the checksums of this file begin with. */
  readonly seed: number
  readonly #descriptor: number
  #chunk: Uint8Array = new Uint8Array(0)
  #chunkOffset = headerLength
  #offset = headerLength

  /** Refuses a file with another header: `LEDGER_DAMAGED` or `FOLDER_NEWER`. */
  constructor(descriptor: number, kind: LogKind, path: string) {
    this.#descriptor = descriptor
    this.size = fstatSync(descriptor).size
    const header = readAt(descriptor, 0, headerLength)
    checkHeader(header, kind, path)
    this.seed = seedOf(header)
  }

  /** Where the next record begins; after the last whole record, where what is not whole begins, or the end. */
  get offset(): number {
    return this.#offset
  }

  /** Gives the next whole record; `undefined` at the end, and where a record is damaged or cut short. */
  next(): LogRecord | undefined {
    const found = recordAt(this.#chunk, this.#offset - this.#chunkOffset, this.seed) ?? this.#refill()
    if (found === undefined) return undefined
    const record = { offset: this.#offset, bytes: new Uint8Array(found) }
    this.#offset += prefixLength + found.length
    return record
  }

  /** Whether a whole record begins anywhere behind the offset: then what stands there was not the torn end of a write. */
  hasRecordBehind(): boolean {
    for (let start = this.#offset + 1; start < this.size; start += chunkLength) {
      const length = Math.min(chunkLength + prefixLength + recordLimit, this.size - start)
      const window = readAt(this.#descriptor, start, length)
      const end = Math.min(chunkLength, window.length)
      for (let at = 0; at < end; at += 1) if (recordAt(window, at, this.seed) !== undefined) return true
    }
    return false
  }

  #refill(): Uint8Array | undefined {
    const length = Math.min(chunkLength, this.size - this.#offset)
    this.#chunk = readAt(this.#descriptor, this.#offset, length)
    this.#chunkOffset = this.#offset
    return recordAt(this.#chunk, 0, this.seed)
  }
}

/** Reads a stretch of a file; fewer bytes where the file ends. */
export function readAt(descriptor: number, position: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const count = readSync(descriptor, bytes, done, length - done, position + done)
    if (count === 0) break
    done += count
  }
  return bytes.subarray(0, done)
}
