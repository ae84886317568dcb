import { setImmediate } from 'node:timers/promises'
import { equal } from '@volact/core/bytes'
import { entryIndex, entryTime, parseEntry } from '@volact/core/document/ledger-entry'
import type { Instant } from '@volact/core/time'
import type { MerkleTree, TakeHash } from '@volact/core/transparency/merkle'
import { hashLength } from '@volact/core/transparency/node-hash'
import { fileError } from '@volact/files/file-error'
import { damaged } from './damage.ts'
import type { DetailsLog } from './details-log.ts'
import type { DetailsRecord } from './details-record.ts'
import type { EntryLog, NewBatch } from './entry-log.ts'
import type { Erasure } from './erase-journal.ts'
import type { Eraser } from './eraser.ts'
import { HeadFile, readHead } from './head-file.ts'
import type { HeadRoots } from './head-roots.ts'
import { leafOf } from './leaf-of.ts'
import { type LedgerFiles, segmentOf } from './ledger-files.ts'
import type { NodeCache } from './node-cache.ts'
import type { OpenFiles } from './open-files.ts'
import { readAt } from './read-at.ts'
import { readEntries } from './read-entries.ts'
import { headerLength, prefixLength, recordAt, recordKinds, recordLimit, seedOf } from './record.ts'

/** What `openLedger` found on the disk, and the parts that it has opened. */
export interface LedgerParts {
  readonly files: LedgerFiles
  readonly open: OpenFiles
  readonly caches: OpenFiles
  readonly log: EntryLog
  readonly details: DetailsLog
  readonly heads: HeadRoots
  readonly cache: NodeCache
  readonly eraser: Eraser
  readonly tree: MerkleTree
  /** Where the newest entries lie in their segments: that of entry i at i modulo its length. */
  readonly offsets: Uint32Array
  /** The first entry whose place is among them. */
  readonly offsetsFrom: number
  readonly lastTime: Instant
  readonly notes: readonly string[]
}

/**
 * The append-only ledger of a host: entries on the disk, the right edge of their Merkle tree in memory. What `append` has returned
 * from is durable; entries are never changed, only erased (rule 31). One process has it open, under the lock of the data folder.
 */
export class Ledger {
  /** What was done when it was opened: writes cut off that a crash had left unfinished, none of them ever acknowledged. */
  readonly notes: readonly string[]
  readonly #parts: LedgerParts
  readonly #head: HeadFile
  readonly #seeds = new Map<number, number>()
  #lastTime: Instant
  #state: 'idle' | 'appending' | 'closed' = 'idle'

  constructor(parts: LedgerParts) {
    this.notes = parts.notes
    this.#parts = parts
    this.#head = new HeadFile(parts.files.head)
    this.#lastTime = parts.lastTime
  }

  /** The files of its folder. */
  get files(): LedgerFiles {
    return this.#parts.files
  }

  /** Number of durable entries. */
  get size(): number {
    return this.#parts.tree.size
  }

  /** Time of the last batch; 0 while there is none. */
  get lastTime(): Instant {
    return this.#lastTime
  }

  /** Gives the root over all entries, 32 bytes. */
  root(): Uint8Array {
    return this.#parts.tree.root()
  }

  /** Gives the root that the tree had at a size from 0 to the present one. */
  rootAt(size: number): Uint8Array {
    return this.#parts.tree.rootAt(size)
  }

  /** Gives the inclusion path of an entry in the tree of a size. */
  inclusion(index: number, size: number = this.size): readonly Uint8Array[] {
    return this.#parts.tree.inclusionPath(index, size)
  }

  /** Gives the consistency path between two sizes, 1 ≤ from ≤ to. */
  consistency(from: number, to: number = this.size): readonly Uint8Array[] {
    return this.#parts.tree.consistencyPath(from, to)
  }

  /** Hands out the hashes of an inclusion path, lowest first, and returns how many there were. None of the last 512 entries needs the disk. */
  takeInclusion(index: number, size: number, take: TakeHash): number {
    return this.#parts.tree.takeInclusion(index, size, take)
  }

  /** Hands out the hashes of a consistency path, and returns how many there were. Reads the disk once at most. */
  takeConsistency(from: number, size: number, take: TakeHash): number {
    return this.#parts.tree.takeConsistency(from, size, take)
  }

  /** Hands out a node of the tree: the root of the 2^height leaves from number × 2^height on, which all are there. */
  takeNode(height: number, number: number, take: TakeHash): void {
    this.#parts.tree.takeNode(height, number, take)
  }

  /**
   * Appends a batch with one write and one sync; when it returns, all of it is durable, and when it throws, nothing of it is in the
   * ledger, and the next append tries again by itself. Nothing is parsed; the entries are copied before the call returns. Its index
   * continues and its time never goes back (rule 43), else the caller has a bug. A list of entries is parsed for both.
   */
  async append(given: NewBatch | readonly Uint8Array[]): Promise<void> {
    const batch = 'first' in given ? given : this.#batchOf(given)
    if (this.#state !== 'idle') throw new Error(`the ledger cannot append: it is ${this.#state}`)
    if (batch.first !== this.size) throw new Error(`this is not entry ${this.size}`)
    if (batch.time < this.#lastTime) throw new Error(`the time of entry ${batch.first} goes back`)
    if (batch.entries.length === 0) return
    this.#state = 'appending'
    try {
      await this.#parts.log.write(batch)
      this.#grow(batch.entries.length)
      this.#lastTime = batch.time
    } finally {
      this.#state = 'idle'
    }
  }

  /** Gives the bytes of an entry; nothing when they were erased. `LEDGER_DAMAGED` when the disk no longer has them as they were. */
  entry(index: number): Uint8Array | undefined {
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.size) throw new Error(`there is no entry ${index}`)
    const found = this.#record(index)
    return found.kind === recordKinds.entry ? new Uint8Array(found.body) : undefined
  }

  /** Gives the bytes of the entries from an index to before another, in order; nothing for each that was erased. */
  *entries(from = 0, to: number = this.size): Generator<Uint8Array | undefined> {
    for (const { erased, body } of readEntries(this.files, from, to)) yield erased ? undefined : new Uint8Array(body)
  }

  /** Keeps what lies beside durable entries, without a sync of its own. Details of an entry that a crash has taken would be another's. */
  keepDetails(records: readonly DetailsRecord[]): void {
    if (records.some(({ index }) => index >= this.size)) throw new Error('details are kept after their entry')
    this.#parts.details.append(records)
  }

  /** Gives what lies beside entries, in the order in which it was written. */
  details(): Generator<DetailsRecord> {
    return this.detailsFrom(0)
  }

  /** Gives what lies beside the entries from an index on. */
  detailsFrom(index: number): Generator<DetailsRecord> {
    return this.#parts.details.from(index)
  }

  /** Keeps the newest signed checkpoint, without a sync of its own, and remembers size and root if it is told them. */
  writeHead(checkpoint: Uint8Array, signed?: { readonly size: number; readonly root: Uint8Array }): void {
    this.#head.write(checkpoint)
    if (signed !== undefined) this.#parts.heads.remember(signed.size, signed.root)
  }

  /** Gives the newest signed checkpoint that was kept, as it lies there; nothing in it is believed. */
  head(): Uint8Array | undefined {
    return readHead(this.files.head)
  }

  /** Gives the root that was signed for a size, with one small reading; nothing when it is not remembered. */
  headRoot(size: number): Uint8Array | undefined {
    return size < 1 || size > this.size ? undefined : this.#parts.heads.root(size)
  }

  /** Whether the tree had this root at this size: as remembered, or else as computed, so that a spoiled memory accuses nobody. */
  hasRoot(size: number, root: Uint8Array): boolean {
    if (size < 1 || size > this.size) return false
    const known = this.headRoot(size)
    return (known !== undefined && equal(known, root)) || equal(this.rootAt(size), root)
  }

  /**
   * Overwrites the bytes of entries; their leaf hashes stay, and every proof holds (rule 31). What lies beside them is erased, too.
   * Durable when it returns; killed before, the next start finishes what was begun. Entry 0 and those too short to hold a machine stay.
   */
  async eraseEntries(indexes: readonly number[]): Promise<void> {
    const wanted = this.#sorted(indexes)
    const { eraser } = this.#parts
    const entries: Erasure[] = []
    for (const [place, index] of wanted.entries()) {
      entries.push(...this.#erasure(index))
      if (place % erasedAtOnce === erasedAtOnce - 1) await setImmediate()
    }
    await eraser.erase([...(await eraser.findDetails(wanted)), ...entries])
  }

  /** Overwrites what lies beside entries. */
  async eraseDetails(indexes: readonly number[]): Promise<void> {
    const { eraser } = this.#parts
    await eraser.erase(await eraser.findDetails(this.#sorted(indexes)))
  }

  /** Erases all details of a segment, and its file. */
  async eraseDetailsOf(segment: number): Promise<void> {
    this.#parts.details.release(segment)
    await this.#parts.eraser.erase([{ kind: 'segment', segment }])
  }

  /** Plain numbers for the metrics: entries, bytes of the newest segments, and readings of the tree's cache. */
  figures(): {
    readonly entries: number
    readonly segmentBytes: number
    readonly detailsBytes: number
    readonly treeReads: number
  } {
    const { log, details, cache } = this.#parts
    return { entries: this.size, segmentBytes: log.end.end, detailsBytes: details.length, treeReads: cache.reads }
  }

  /** Closes the files; the last append has returned. A second call does nothing. */
  close(): void {
    if (this.#state === 'closed') return
    if (this.#state === 'appending') throw new Error('the ledger is closed while it appends')
    this.#state = 'closed'
    this.#parts.details.close()
    this.#head.close()
    this.#parts.log.close()
    this.#parts.open.close()
    this.#parts.caches.close()
  }

  #batchOf(entries: readonly Uint8Array[]): NewBatch {
    const parsed = entries.map(parseEntry)
    for (const [position, entry] of parsed.entries()) {
      if (entryIndex(entry) !== this.size + position) throw new Error(`this is not entry ${this.size + position}`)
    }
    const times = parsed.map(entryTime)
    if (times.some((time, at) => time < (times[at - 1] ?? this.#lastTime)))
      throw new Error('the time of an entry goes back')
    return { first: this.size, time: times.at(-1) ?? this.#lastTime, entries }
  }

  #grow(count: number): void {
    const { log, tree, offsets } = this.#parts
    for (let place = 0; place < count; place += 1) {
      offsets[tree.size % offsets.length] = Number(log.offsets[place])
      tree.append(log.leaves, place * hashLength)
    }
  }

  #offsetOf(index: number): number {
    const { offsets, offsetsFrom, cache } = this.#parts
    const isNew = index >= offsetsFrom && index >= this.size - offsets.length
    return isNew ? Number(offsets[index % offsets.length]) : cache.offsetOf(index)
  }

  #record(index: number): { readonly offset: number; readonly kind: number; readonly body: Buffer } {
    const path = this.files.segment('entries', segmentOf(index))
    const offset = this.#offsetOf(index)
    const bytes = this.#read(path, offset, usualLength)
    const seed = this.#seedOf(segmentOf(index), path)
    let length = recordAt(bytes, 0, seed)
    let whole = bytes
    if (length === 0) {
      whole = this.#read(path, offset, prefixLength + recordLimit)
      length = recordAt(whole, 0, seed)
    }
    if (length === 0) throw damaged({ path, offset, index }, 'the checksum does not fit')
    return { offset, kind: Number(whole[prefixLength - 1]), body: whole.subarray(prefixLength, prefixLength + length) }
  }

  #seedOf(segment: number, path: string): number {
    const known = this.#seeds.get(segment)
    if (known !== undefined) return known
    const seed = seedOf(this.#read(path, 0, headerLength))
    this.#seeds.set(segment, seed)
    return seed
  }

  #read(path: string, offset: number, length: number): Buffer {
    try {
      return readAt(this.#parts.open.get(path), offset, length)
    } catch (error) {
      throw fileError(error, 'read', path)
    }
  }

  #erasure(index: number): readonly Erasure[] {
    const { offset, kind, body } = this.#record(index)
    if (kind !== recordKinds.entry || body.length < hashLength) return []
    const hashed = Buffer.concat([Buffer.alloc(1), body])
    const leaf = leafOf({ index, offset, erased: false, body, hashed })
    return [{ kind: 'entry', segment: segmentOf(index), offset, length: body.length, leaf }]
  }

  /** What is still to be erased of entries that were named as forgotten; none, but after a crash between the two. */
  unfinished(indexes: readonly number[]): readonly Erasure[] {
    const named = indexes.filter((index) => Number.isSafeInteger(index) && index > 0 && index < this.size)
    return named.flatMap((index) => this.#erasure(index))
  }

  #sorted(indexes: readonly number[]): readonly number[] {
    const wanted = [...new Set(indexes)].sort((a, b) => a - b)
    if (wanted.some((index) => !Number.isSafeInteger(index) || index < 1 || index >= this.size))
      throw new Error('only entries behind the first that are in the ledger can be erased')
    return wanted
  }
}

/** More than most entries have, and what one reading brings. */
const usualLength = 1_024

/** How many entries are looked up for erasing in one turn of the event loop. */
const erasedAtOnce = 64
