import { setImmediate } from 'node:timers/promises'
import { equal } from '@volact/core/bytes'
import type { Instant } from '@volact/core/time'
import type { MerkleTree, TakeHash } from '@volact/core/transparency/merkle'
import { hashLength } from '@volact/core/transparency/node-hash'
import { OverwrittenFile } from '@volact/files/overwritten-file'
import type { DetailsLog } from './details-log.ts'
import type { DetailsRecord } from './details-record.ts'
import { EntryFinder, type EntryPlaces } from './entry-finder.ts'
import type { EntryLog, NewBatch } from './entry-log.ts'
import type { Erasure } from './erase-journal.ts'
import type { Eraser } from './eraser.ts'
import { readHead } from './head-file.ts'
import type { HeadRoots } from './head-roots.ts'
import { leafOf } from './leaf-of.ts'
import { type LedgerFiles, segmentOf } from './ledger-files.ts'
import type { OpenFiles } from './open-files.ts'
import { parseBatch } from './parse-batch.ts'
import { readEntries } from './read-entries.ts'
import { recordKinds } from './record.ts'

/** What `openLedger` found on the disk, and the parts that it has opened. */
export interface LedgerParts extends EntryPlaces {
  readonly caches: OpenFiles
  readonly log: EntryLog
  readonly details: DetailsLog
  readonly heads: HeadRoots
  readonly eraser: Eraser
  readonly tree: MerkleTree
  readonly lastTime: Instant
  readonly notes: readonly string[]
}

/** How many entries are looked up for erasing in one turn of the event loop. */
const erasedAtOnce = 64

/**
 * The append-only ledger of a host: entries on the disk, the right edge of their Merkle tree in memory. What `append` has returned
 * from is durable; entries are never changed, only erased (rule 31). One process has it open, under the lock of the data folder.
 */
export class Ledger {
  /** What was done when it was opened: writes cut off that a crash had left unfinished, none of them ever acknowledged. */
  readonly notes: readonly string[]
  readonly #parts: LedgerParts
  readonly #finder: EntryFinder
  /** Ends with its own signature: one that a crash has lost or spoiled does no harm. */
  readonly #head: OverwrittenFile
  #lastTime: Instant
  #state: 'idle' | 'appending' | 'closed' = 'idle'

  constructor(parts: LedgerParts) {
    this.notes = parts.notes
    this.#parts = parts
    this.#finder = new EntryFinder(parts)
    this.#head = new OverwrittenFile(parts.files.head)
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
    const batch = 'first' in given ? given : parseBatch(given, this.size, this.#lastTime)
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
    const { kind, body } = this.#finder.find(index)
    return kind === recordKinds.entry ? new Uint8Array(body) : undefined
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

  /** What is still to be erased of entries that were named as forgotten; none, but after a crash between the two. */
  unfinished(indexes: readonly number[]): readonly Erasure[] {
    const named = indexes.filter((index) => Number.isSafeInteger(index) && index > 0 && index < this.size)
    return named.flatMap((index) => this.#erasure(index))
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

  #grow(count: number): void {
    const { log, tree, offsets } = this.#parts
    for (let place = 0; place < count; place += 1) {
      offsets[tree.size % offsets.length] = Number(log.offsets[place])
      tree.append(log.leaves, place * hashLength)
    }
  }

  #erasure(index: number): readonly Erasure[] {
    const { offset, kind, body } = this.#finder.find(index)
    if (kind !== recordKinds.entry || body.length < hashLength) return []
    const hashed = Buffer.concat([Buffer.alloc(1), body])
    const leaf = leafOf({ erased: false, body, hashed })
    return [{ kind: 'entry', segment: segmentOf(index), offset, length: body.length, leaf }]
  }

  #sorted(indexes: readonly number[]): readonly number[] {
    const wanted = [...new Set(indexes)].sort((a, b) => a - b)
    if (wanted.some((index) => !Number.isSafeInteger(index) || index < 1 || index >= this.size))
      throw new Error('only entries behind the first that are in the ledger can be erased')
    return wanted
  }
}
