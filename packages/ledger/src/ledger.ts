import { closeSync, fdatasync, ftruncateSync, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import { concat } from '@volact/core/bytes'
import { entryIndex, entryTime, parseEntry } from '@volact/core/document/ledger-entry'
import type { Instant } from '@volact/core/time'
import type { MerkleTree } from '@volact/core/transparency/merkle'
import { leafHash } from '@volact/core/transparency/node-hash'
import { fileError } from '@volact/files/file-error'
import { damaged } from './damage.ts'
import type { DetailsLog } from './details-log.ts'
import type { DetailsRecord } from './details-record.ts'
import { HeadFile, readHead } from './head-file.ts'
import type { LedgerFiles } from './ledger-files.ts'
import { readAt } from './record-reader.ts'
import { encodeRecord, prefixLength, recordAt, recordLimit } from './record.ts'

/** What `openLedger` found on the disk. */
export interface FoundLedger {
  readonly files: LedgerFiles
  readonly descriptor: number
  /** What the checksums of the file begin with. */
  readonly seed: number
  readonly details: DetailsLog
  readonly tree: MerkleTree
  /** Where each record begins, and last where the next one will. */
  readonly offsets: number[]
  readonly lastTime: Instant
  readonly notes: readonly string[]
}

const dataSync = promisify(fdatasync)

/**
 * The append-only ledger of a host: entries on the disk, their Merkle tree in memory. What `append` has returned from is
 * durable; entries are never changed. One process has it open, under the lock of the data folder.
 */
export class Ledger {
  /** What was cut off when it was opened: writes that a crash had left unfinished, none of them ever acknowledged. */
  readonly notes: readonly string[]
  readonly #files: LedgerFiles
  readonly #descriptor: number
  readonly #seed: number
  readonly #details: DetailsLog
  readonly #head: HeadFile
  readonly #tree: MerkleTree
  readonly #offsets: number[]
  #lastTime: Instant
  #state: 'idle' | 'appending' | 'failed' | 'closed' = 'idle'

  constructor(found: FoundLedger) {
    this.notes = found.notes
    this.#files = found.files
    this.#descriptor = found.descriptor
    this.#seed = found.seed
    this.#details = found.details
    this.#head = new HeadFile(found.files.head)
    this.#tree = found.tree
    this.#offsets = found.offsets
    this.#lastTime = found.lastTime
  }

  /** Number of durable entries. */
  get size(): number {
    return this.#tree.size
  }

  /** Time of the last entry; 0 while there is none. */
  get lastTime(): Instant {
    return this.#lastTime
  }

  /** Gives the root over all entries, 32 bytes. */
  root(): Uint8Array {
    return this.#tree.root()
  }

  /** Gives the root that the tree had at a size from 0 to the present one. */
  rootAt(size: number): Uint8Array {
    return this.#tree.rootAt(size)
  }

  /** Gives the inclusion path of an entry in the tree of a size. */
  inclusion(index: number, size: number = this.size): readonly Uint8Array[] {
    return this.#tree.inclusionPath(index, size)
  }

  /** Gives the consistency path between two sizes, 1 ≤ from ≤ to. */
  consistency(from: number, to: number = this.size): readonly Uint8Array[] {
    return this.#tree.consistencyPath(from, to)
  }

  /**
   * Appends a batch with one write and one fdatasync; when it returns, all of it is durable, and when it throws, nothing of it
   * may be acknowledged. `DISK_FULL`, `DISK_FAILED` … ; after a failed sync it takes nothing more, because the system may have
   * forgotten what it could not write. Indexes continue, and times never decrease (rule 43): else the caller has a bug.
   */
  async append(entries: readonly Uint8Array[]): Promise<void> {
    if (this.#state !== 'idle') throw this.#refusal()
    const lastTime = this.#checkOrder(entries)
    const records = entries.map((entry) => encodeRecord(entry, this.#seed))
    this.#state = 'appending'
    const end = this.#end()
    this.#write(concat(...records), end)
    await this.#sync(end)
    for (const [index, entry] of entries.entries()) {
      this.#tree.append(leafHash(entry))
      this.#offsets.push(this.#end() + (records[index]?.length ?? 0))
    }
    this.#lastTime = lastTime
    this.#state = 'idle'
  }

  /** Gives the bytes of an entry. Throws `LEDGER_DAMAGED` when the disk no longer has them as they were. */
  entry(index: number): Uint8Array {
    const [offset, next] = this.#offsets.slice(index, index + 2)
    if (offset === undefined || next === undefined) throw new Error(`there is no entry ${index}`)
    const entry = recordAt(this.#read(offset, Math.min(next - offset, recordLimit + prefixLength)), 0, this.#seed)
    if (entry === undefined) throw damaged({ path: this.#files.entries, offset, index }, 'the checksum does not fit')
    return entry
  }

  /** Gives the bytes of all entries from an index on, in order. */
  *entries(from = 0): Generator<Uint8Array> {
    for (let index = from; index < this.size; index += 1) yield this.entry(index)
  }

  /** Keeps what lies beside durable entries, without a sync of its own. Details of an entry that a crash has taken would be another's. */
  keepDetails(records: readonly DetailsRecord[]): void {
    if (records.some(({ index }) => index >= this.size)) throw new Error('details are kept after their entry')
    this.#details.append(records)
  }

  /** Gives what lies beside entries, in the order in which it was written. */
  details(): Generator<DetailsRecord> {
    return this.#details.records()
  }

  /** Keeps the newest signed checkpoint, without a sync of its own. */
  writeHead(checkpoint: Uint8Array): void {
    this.#head.write(checkpoint)
  }

  /** Gives the newest signed checkpoint that was kept, as it lies there; nothing in it is believed. */
  head(): Uint8Array | undefined {
    return readHead(this.#files.head)
  }

  /** Closes the files; the last append has returned. A second call does nothing. */
  close(): void {
    if (this.#state === 'closed') return
    if (this.#state === 'appending') throw new Error('the ledger is closed while it appends')
    this.#state = 'closed'
    this.#details.close()
    this.#head.close()
    closeSync(this.#descriptor)
  }

  #read(offset: number, length: number): Uint8Array {
    try {
      return readAt(this.#descriptor, offset, length)
    } catch (error) {
      throw fileError(error, 'read', this.#files.entries)
    }
  }

  #end(): number {
    return this.#offsets.at(-1) ?? 0
  }

  #checkOrder(entries: readonly Uint8Array[]): Instant {
    let last = this.#lastTime
    for (const [position, bytes] of entries.entries()) {
      const entry = parseEntry(bytes)
      if (entryIndex(entry) !== this.size + position) throw new Error(`this is not entry ${this.size + position}`)
      if (entryTime(entry) < last) throw new Error(`the time of entry ${this.size + position} goes back`)
      last = entryTime(entry)
    }
    return last
  }

  #write(bytes: Uint8Array, end: number): void {
    try {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.#descriptor, bytes, done, bytes.length - done, end + done)
      }
    } catch (error) {
      // What of the batch did get there goes again, so that the next batch, when there is room, does not stand behind it.
      this.#state = this.#truncate(end) ? 'idle' : 'failed'
      throw fileError(error, 'write', this.#files.entries)
    }
  }

  async #sync(end: number): Promise<void> {
    try {
      await dataSync(this.#descriptor)
    } catch (error) {
      this.#truncate(end)
      this.#state = 'failed'
      throw fileError(error, 'write', this.#files.entries)
    }
  }

  #truncate(end: number): boolean {
    try {
      ftruncateSync(this.#descriptor, end)
      return true
    } catch {
      return false // The disk refuses even that; the torn end is cut off at the next start.
    }
  }

  #refusal(): Error {
    if (this.#state !== 'failed') return new Error(`the ledger cannot append: it is ${this.#state}`)
    return damaged(
      { path: this.#files.entries },
      'an earlier write to it failed, and it takes nothing more until it is opened again',
    )
  }
}
