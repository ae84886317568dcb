import { randomBytes } from 'node:crypto'
import { closeSync, ftruncateSync, mkdirSync, openSync, readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { writeDurably } from '@volact/files/durable'
import { fileError, systemCode } from '@volact/files/file-error'
import { DetailsReader, readDetails } from './details-reader.ts'
import {
  detailsBodyLength,
  detailsIndex,
  type DetailsRecord,
  parseDetailsBody,
  writeDetailsBody,
} from './details-record.ts'
import { type LedgerFiles, segmentEntries, segmentNumber, segmentOf } from './ledger-files.ts'
import { encodeRecord, header, prefixLength, recordKinds, recordLimit, saltLength, sealRecord } from './record.ts'
import { writeAt } from './write-at.ts'

interface OpenSegment {
  readonly number: number
  readonly path: string
  readonly descriptor: number
  readonly seed: number
  end: number
}

/**
 * The erasable files beside the entries. They are written without a sync: what a crash takes from them are names, never rights.
 * Where it has left a hole, the hole becomes a record of its own when the file is opened again, and `note` is told.
 */
export class DetailsLog {
  readonly #files: LedgerFiles
  readonly #note: (text: string) => void
  #segment: OpenSegment | undefined
  #buffer = Buffer.alloc(65_536)

  constructor(files: LedgerFiles, note: (text: string) => void) {
    this.#files = files
    this.#note = note
    const last = this.segments().at(-1)
    if (last !== undefined) this.#segment = this.#openSegment(last)
  }

  /** Bytes in the newest segment. */
  get length(): number {
    return this.#segment?.end ?? 0
  }

  /** Numbers of the segments that have details, ascending. */
  segments(): readonly number[] {
    return segmentNumbers(dirname(this.#files.segment('details', 0)))
  }

  /** Appends records of one or two segments. When the disk does not take them they are left out: their entries are durable already. */
  append(records: readonly DetailsRecord[]): void {
    for (let from = 0; from < records.length;) {
      const segment = segmentOf(records[from]?.index ?? 0)
      let to = from + 1
      while (to < records.length && segmentOf(records[to]?.index ?? 0) === segment) to += 1
      this.#write(this.#use(segment), records, from, to)
      from = to
    }
  }

  /** Reads the records of entries from an index on, in the order in which they were written. */
  *from(index: number): Generator<DetailsRecord> {
    for (const segment of this.segments()) {
      if ((segment + 1) * segmentEntries <= index) continue
      yield* detailsOf(this.#files, segment, index)
    }
  }

  /** Lets go of a segment's file, before something else writes or removes it. */
  release(segment: number): void {
    if (this.#segment?.number === segment) this.close()
  }

  close(): void {
    if (this.#segment !== undefined) closeSync(this.#segment.descriptor)
    this.#segment = undefined
  }

  #use(number: number): OpenSegment {
    if (this.#segment?.number === number) return this.#segment
    this.close()
    this.#segment = this.#openSegment(number)
    return this.#segment
  }

  #write(segment: OpenSegment, records: readonly DetailsRecord[], from: number, to: number): void {
    let length = 0
    for (let place = from; place < to; place += 1) {
      const record = records[place]
      if (record === undefined) continue
      const body = detailsBodyLength(record)
      // Nothing that the network brings comes near it.
      if (body > recordLimit) throw new Error(`details of ${body} bytes`)
      if (length + prefixLength + body > this.#buffer.length) this.#grow(length + prefixLength + body)
      writeDetailsBody(this.#buffer, length + prefixLength, record)
      sealRecord(this.#buffer, length, recordKinds.details, body, segment.seed)
      length += prefixLength + body
    }
    try {
      writeAt(segment.descriptor, segment.end, this.#buffer, length)
      segment.end += length
    } catch (error) {
      cut(segment)
      throw fileError(error, 'write', segment.path)
    }
  }

  #grow(length: number): void {
    const larger = Buffer.alloc(2 * length)
    this.#buffer.copy(larger)
    this.#buffer = larger
  }

  #openSegment(number: number): OpenSegment {
    const path = this.#files.segment('details', number)
    const descriptor = this.#openOrMake(path, number)
    try {
      return { number, path, descriptor, ...this.#mend(descriptor, number, path) }
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
  }

  #openOrMake(path: string, number: number): number {
    try {
      return openSync(path, 'r+')
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw fileError(error, 'write', path)
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      writeDurably(path, header('details', number, randomBytes(saltLength)))
      return openSync(path, 'r+')
    }
  }

  /** Finds the end; cuts off what is unfinished there, and turns holes before it into gaps. */
  #mend(descriptor: number, number: number, path: string): { readonly end: number; readonly seed: number } {
    const reader = new DetailsReader(descriptor, number, path)
    const { seed, size } = reader
    for (;;) {
      while (reader.next() !== undefined);
      const { offset } = reader
      if (offset === size) return { end: size, seed }
      const behind = reader.findBehind()
      if (behind === undefined) {
        ftruncateSync(descriptor, offset)
        this.#note(`${path}: cut off ${size - offset} bytes that a crash left unfinished`)
        return { end: offset, seed }
      }
      this.#note(`${path}: ${behind - offset} bytes of details at offset ${offset} are lost`)
      fillGap(descriptor, offset, behind, seed)
      reader.seek(behind)
    }
  }
}

/** Reads the details of a segment for entries from an index on; nothing when there are none. */
export function* detailsOf(files: LedgerFiles, segment: number, from: number): Generator<DetailsRecord> {
  for (const { kind, body } of readDetails(files, segment)) {
    if (kind === recordKinds.details && detailsIndex(body, segment) >= from) yield parseDetailsBody(body, segment)
  }
}

/** Gives the numbers of the segments whose files lie in a folder, ascending. */
export function segmentNumbers(folder: string): readonly number[] {
  try {
    return readdirSync(folder)
      .flatMap((name) => segmentNumber(name) ?? [])
      .sort((a, b) => a - b)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw fileError(error, 'read', folder)
  }
}

/** Makes records of zeros of a stretch. What is left of a record always has room for one. */
function fillGap(descriptor: number, from: number, to: number, seed: number): void {
  for (let at = from; at < to;) {
    // The last of several must have room for a prefix and a byte, too.
    const rest = to - at
    const length =
      rest <= prefixLength + recordLimit
        ? rest
        : rest - (prefixLength + 1) < prefixLength + recordLimit
          ? rest - (prefixLength + 1)
          : prefixLength + recordLimit
    writeAt(descriptor, at, encodeRecord(recordKinds.gap, new Uint8Array(length - prefixLength), seed))
    at += length
  }
}

function cut(segment: OpenSegment): void {
  try {
    ftruncateSync(segment.descriptor, segment.end)
  } catch {
    // The disk refuses even that; the next records are written over it, and a torn end is cut off at the next start.
  }
}
