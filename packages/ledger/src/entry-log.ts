import { randomBytes } from 'node:crypto'
import { closeSync, fdatasync, fstatSync, fsync, ftruncateSync, openSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { sha256Into } from '@volact/core/crypto'
import type { Instant } from '@volact/core/time'
import { hashLength } from '@volact/core/transparency/node-hash'
import { fileError } from '@volact/files/file-error'
import { BatchReader } from './batch-reader.ts'
import { damaged } from './damage.ts'
import { type LedgerFiles, segmentEntries, segmentOf } from './ledger-files.ts'
import { readAt } from './read-at.ts'
import {
  batchHeadLength,
  header,
  prefixLength,
  recordKinds,
  recordLimit,
  saltLength,
  sealRecord,
  writeBatchHead,
} from './record.ts'
import { writeAt } from './write-at.ts'

/** Makes what was written to a file durable. */
export type SyncFile = (descriptor: number) => Promise<void>

/** How far the entries go on the disk. */
export interface EntriesEnd {
  readonly segment: number
  /** Where the next batch will begin. */
  readonly end: number
  /** Where the last one begins, or the end where there is none. */
  readonly lastBatch: number
}

/** A batch, as `Ledger.append` takes it. */
export interface NewBatch {
  readonly first: number
  readonly time: Instant
  readonly entries: readonly Uint8Array[]
}

const syncData: SyncFile = promisify(fdatasync)
const syncAll: SyncFile = promisify(fsync)

/** How much before the end is written again after a failed sync: the pages that it may have left half written on the disk. */
const mended = 65_536

/**
 * The segment of the entries that grows. One batch is one write and one sync; the next begins only after that, so that on the
 * disk nothing of a batch stands behind one that is not whole.
 */
export class EntryLog {
  readonly #files: LedgerFiles
  readonly #sync: SyncFile
  #place: EntriesEnd
  #descriptor: number
  #seed: number
  #isWhole = true
  #buffer = Buffer.alloc(65_536)
  #leaves = new Uint8Array(256 * hashLength)
  #offsets = new Uint32Array(256)

  constructor(files: LedgerFiles, found: EntriesEnd & { descriptor: number; seed: number }, sync: SyncFile = syncData) {
    this.#files = files
    this.#sync = sync
    this.#place = { segment: found.segment, end: found.end, lastBatch: found.lastBatch }
    this.#descriptor = found.descriptor
    this.#seed = found.seed
  }

  /** How far the entries go. */
  get end(): EntriesEnd {
    return this.#place
  }

  /** The leaf hashes of the entries of the batch that was written last. */
  get leaves(): Uint8Array {
    return this.#leaves
  }

  /** Where the entries of the batch that was written last lie in their segments. */
  get offsets(): Uint32Array {
    return this.#offsets
  }

  /** Writes a batch. When this throws, nothing of it is there, or what is there goes before the next is written. */
  async write(batch: NewBatch): Promise<void> {
    if (!this.#isWhole) await this.#mend()
    const before = this.#place
    try {
      for (let from = 0; from < batch.entries.length;) {
        const first = batch.first + from
        if (segmentOf(first) !== this.#place.segment) await this.#begin(segmentOf(first))
        const to = Math.min(batch.entries.length, from + segmentEntries - (first % segmentEntries))
        await this.#write(batch, from, to)
        from = to
      }
    } catch (error) {
      this.#goBack(before)
      throw fileError(error, 'write', this.#path)
    }
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  get #path(): string {
    return this.#files.segment('entries', this.#place.segment)
  }

  async #write(batch: NewBatch, from: number, to: number): Promise<void> {
    const { segment, end } = this.#place
    const length = this.#encode(batch, from, to, end)
    writeAt(this.#descriptor, end, this.#buffer, length)
    const synced = this.#sync(this.#descriptor)
    this.#isWhole = false
    // While the disk is busy.
    this.#hash(batch, from, to, end)
    await synced
    this.#isWhole = true
    this.#place = { segment, end: end + length, lastBatch: end }
  }

  #encode({ first, time, entries }: NewBatch, from: number, to: number, end: number): number {
    let length = batchHeadLength
    for (let at = from; at < to; at += 1) length += prefixLength + (entries[at]?.length ?? 0)
    if (length > this.#buffer.length) this.#buffer = Buffer.alloc(2 * length)
    if (entries.length > this.#offsets.length) this.#grow(entries.length)
    const head = { first: first + from, time, count: to - from, length: length - batchHeadLength }
    writeBatchHead(this.#buffer, 0, head, this.#seed)
    let at = batchHeadLength
    for (let place = from; place < to; place += 1) {
      const entry = entries[place]
      if (entry === undefined || entry.length > recordLimit) throw new Error(`no entry has ${entry?.length ?? 0} bytes`)
      this.#buffer.set(entry, at + prefixLength)
      sealRecord(this.#buffer, at, recordKinds.entry, entry.length, this.#seed)
      this.#offsets[place] = end + at
      at += prefixLength + entry.length
    }
    return length
  }

  /** The zero that says that a record is an entry is the one that RFC 9162 puts before a leaf. */
  #hash({ entries }: NewBatch, from: number, to: number, end: number): void {
    for (let place = from; place < to; place += 1) {
      const at = Number(this.#offsets[place]) - end
      const length = entries[place]?.length ?? 0
      const { buffer, byteOffset } = this.#buffer
      const hashed = new Uint8Array(buffer, byteOffset + at + prefixLength - 1, length + 1)
      sha256Into(this.#leaves, place * hashLength, hashed)
    }
  }

  #grow(count: number): void {
    this.#leaves = Buffer.concat([this.#leaves], 2 * count * hashLength)
    const offsets = new Uint32Array(2 * count)
    offsets.set(this.#offsets)
    this.#offsets = offsets
  }

  /** Begins a segment. Its header is durable before a batch is written: a file whose header is torn never had one. */
  async #begin(segment: number): Promise<void> {
    const path = this.#files.segment('entries', segment)
    const descriptor = openSync(path, 'w+', 0o600)
    try {
      const bytes = header('entries', segment, randomBytes(saltLength))
      writeAt(descriptor, 0, bytes)
      await syncAll(descriptor)
      await syncFolder(dirname(path))
      closeSync(this.#descriptor)
      this.#seed = new BatchReader(descriptor, segment, path).seed
      this.#descriptor = descriptor
      this.#place = { segment, end: bytes.length, lastBatch: bytes.length }
    } catch (error) {
      closeSync(descriptor)
      rmSync(path, { force: true })
      throw error
    }
  }

  #goBack(place: EntriesEnd): void {
    try {
      if (this.#place.segment !== place.segment) this.#reopen(place)
      this.#place = place
      ftruncateSync(this.#descriptor, place.end)
    } catch {
      this.#place = place
      this.#isWhole = false // The disk refuses even that; it is tried again before the next batch.
    }
  }

  #reopen(place: EntriesEnd): void {
    const path = this.#files.segment('entries', place.segment)
    const descriptor = openSync(path, 'r+')
    closeSync(this.#descriptor)
    this.#descriptor = descriptor
    this.#seed = new BatchReader(descriptor, place.segment, path).seed
    rmSync(this.#files.segment('entries', place.segment + 1), { force: true })
  }

  /**
   * After a failed sync the system may have forgotten what it could not write, and say next time that all is well. So nothing of
   * that batch is kept: the file is cut to the last batch that was synced, opened anew, its last pages are read, checked and written
   * again, since the failure may have hit those, and only when a sync of that holds is the ledger written again.
   */
  async #mend(): Promise<void> {
    const { end, lastBatch } = this.#place
    try {
      this.#reopen(this.#place)
      ftruncateSync(this.#descriptor, end)
      this.#checkEnd(lastBatch, end)
      const from = Math.max(0, end - mended)
      writeAt(this.#descriptor, from, readAt(this.#descriptor, from, end - from))
      await this.#sync(this.#descriptor)
      this.#isWhole = true
    } catch (error) {
      throw fileError(error, 'write', this.#path)
    }
  }

  #checkEnd(lastBatch: number, end: number): void {
    const path = this.#path
    if (fstatSync(this.#descriptor).size !== end)
      throw damaged({ path, offset: end }, 'entries that were synced are gone')
    if (lastBatch === end) return
    const reader = new BatchReader(this.#descriptor, this.#place.segment, path)
    reader.seek(lastBatch)
    if (reader.next() === undefined || reader.offset !== end)
      throw damaged({ path, offset: lastBatch }, 'the last batch is no longer as it was synced')
  }
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const descriptor = openSync(folder, 'r')
  try {
    await syncAll(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
