import { existsSync, readFileSync } from 'node:fs'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { equal, toHex } from '@volact/core/bytes'
import type { PublicKey } from '@volact/core/crypto'
import { entryIndex, entryTime, type LedgerEntry, parseEntry } from '@volact/core/document/ledger-entry'
import type { HostActivationEntry } from '@volact/core/document/plain-entry'
import type { TreeHead } from '@volact/core/document/tree-head'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { leafHash } from '@volact/core/transparency/node-hash'
import { fileError } from '@volact/files/file-error'
import type { Batch, BatchRecord } from './batch-reader.ts'
import { type CoveredFile, coverFolder, sizeOf } from './cover.ts'
import { type Damage, damaged } from './damage.ts'
import { segmentNumbers } from './details-log.ts'
import { type EntryDigests, entryDigests } from './entry-digests.ts'
import { parseJournal } from './erase-journal.ts'
import { openHead, readSettledHead } from './head-file.ts'
import { leafOf } from './leaf-of.ts'
import { type LedgerFiles, ledgerFiles } from './ledger-files.ts'
import { SegmentCheck } from './segment-check.ts'
import { CheckedTree } from './checked-tree.ts'
import { verifyDetails } from './verify-details.ts'
import { readNoteFile, verifyNote, verifyTiles } from './verify-tiles.ts'
import { type NoteHead, originOf, unverifiedNote, verifierKey } from './tlog-note.ts'
import { parseRetained } from './retained-file.ts'
import { dirname } from 'node:path'

export interface VerifyOptions {
  /** Keys, beside that of entry 0, that may have signed the head: those of the host's certificates. */
  readonly keys?: readonly PublicKey[]
  /** Is told how many of how many bytes are done. */
  readonly onProgress?: (done: number, total: number) => void
}

/** What a ledger was found to be. There is none for a damaged one. */
export interface LedgerReport {
  /** The newest signed head, which all that follows was checked against. */
  readonly head: TreeHead
  /** When the last entry that the head covers was written. */
  readonly lastTime: Instant
  /** Whole entries behind the head: synced, and signed with the host's next batch or at its next start. */
  readonly unsigned: number
  /** The key of signed notes, as tools of transparency logs take it. */
  readonly noteKey: string
  /** How many entries were erased; their leaf hashes are in the tree. */
  readonly erased: number
  /** What vouches for each file of the folder (rule 30). */
  readonly files: readonly CoveredFile[]
}

/**
 * Reads all of a ledger again: every checksum, every entry, their indexes and times, the root, the head's signature, that each
 * request and its details are those of their entry, and that every cache and tile is what the entries make. Reads only, so that it works
 * beside the running host; what is written meanwhile lies behind the head. Throws `LEDGER_DAMAGED` with file, offset and index.
 */
export async function verifyLedger(dir: string, options: VerifyOptions = {}): Promise<LedgerReport> {
  const files = ledgerFiles(dir)
  try {
    const head = readSettledHead(files.head) // Before the entries, which grow.
    const verification = new Verification(files, options)
    try {
      return await verification.run(head)
    } finally {
      verification.close()
    }
  } catch (error) {
    throw fileError(error, 'read', dir)
  }
}

class Verification {
  readonly #files: LedgerFiles
  readonly #options: VerifyOptions
  readonly #tree: CheckedTree
  #digests = new Map<number, EntryDigests>()
  #first: { readonly entry: HostActivationEntry; readonly logId: Uint8Array } | undefined
  #head: TreeHead | undefined
  #noteKeys: readonly PublicKey[] = []
  #lastTime: Instant = 0
  #signedTime: Instant = 0
  #erased = 0
  #end: { readonly offset: number; readonly index: number } | undefined
  #done = 0
  readonly #total: number
  // Read before the entries, which grow.
  readonly #noteBytes: Uint8Array | undefined
  readonly #note: NoteHead | undefined
  #noteRoot: Uint8Array | undefined

  constructor(files: LedgerFiles, options: VerifyOptions) {
    this.#files = files
    this.#options = options
    this.#tree = new CheckedTree(files)
    this.#total = totalLength(files)
    this.#noteBytes = readNoteFile(files)
    this.#note = this.#noteBytes && unverifiedNote(this.#noteBytes)
  }

  async run(headBytes: Uint8Array | undefined): Promise<LedgerReport> {
    const segments = segmentNumbers(dirname(this.#files.segment('entries', 0)))
    for (const [place, number] of segments.entries()) {
      if (number !== place) throw damaged({ path: this.#files.segment('entries', place) }, 'it is missing')
      await this.#segment(number, number === segments.length - 1, headBytes)
    }
    const path = this.#files.segment('entries', 0)
    if (this.#head === undefined) throw damaged({ path, index: 0, ...this.#end }, 'it has no whole first entry')
    if (this.#tree.size < this.#head.size)
      throw damaged(
        { path: this.#lastPath(segments.length), ...this.#end },
        `the signed head covers ${this.#head.size} entries, and only ${this.#tree.size} are whole`,
      )
    const head = this.#head
    this.#tree.end()
    this.#checkNote(head.logId)
    verifyTiles(this.#files, this.#tree.tree, () => this.#tree.hasGrown())
    await this.#smallFiles()
    this.#options.onProgress?.(this.#total, this.#total)
    return {
      ...{ head, lastTime: this.#signedTime, unsigned: this.#tree.size - head.size, erased: this.#erased },
      ...{ noteKey: this.#noteKey(head.logId), files: coverFolder(this.#files.dir) },
    }
  }

  close(): void {
    this.#tree.close()
  }

  #noteKey(logId: Uint8Array): string {
    const key = this.#noteKeys.at(-1)
    return key === undefined ? '' : verifierKey(originOf(logId), key)
  }

  async #segment(number: number, isLast: boolean, headBytes: Uint8Array | undefined): Promise<void> {
    const check = new SegmentCheck(this.#files, number)
    try {
      for (let batch = check.next(); batch !== undefined; batch = check.next()) {
        this.#batch(batch, check.path, headBytes)
        this.#done += batch.length
        await this.#breathe()
      }
      check.end(isLast, this.#tree.size)
      this.#tree.walked = check.offset
      this.#end = { offset: check.offset, index: this.#tree.size, ...check.broken }
    } finally {
      check.close()
    }
    this.#done += await verifyDetails(this.#files, number, this.#digests, () => this.#breathe())
    this.#digests = new Map()
  }

  #batch(batch: Batch, path: string, headBytes: Uint8Array | undefined): void {
    if (batch.first !== this.#tree.size)
      throw damaged(
        { path, offset: batch.offset, index: this.#tree.size },
        `a batch says that it begins with entry ${batch.first}`,
      )
    for (const record of batch.records) {
      const place = { path, offset: record.offset, index: record.index }
      if (record.erased) this.#leaveOut(record, place)
      else this.#entry(record, place, headBytes)
      this.#tree.append(leafOf(record), record.offset)
      if (this.#tree.size === this.#head?.size) this.#checkHead(this.#head)
      if (this.#tree.size === this.#note?.size) this.#noteRoot = this.#tree.root()
    }
    if (batch.time < this.#lastTime)
      throw damaged({ path, offset: batch.offset }, 'its time lies before that of an entry in it')
    this.#lastTime = batch.time
    if (this.#tree.size <= (this.#head?.size ?? 0)) this.#signedTime = batch.time
  }

  #leaveOut(record: BatchRecord, place: Damage): void {
    if (record.index === 0) throw damaged(place, 'the first entry is never erased')
    if (record.body.subarray(32).some((byte) => byte !== 0))
      throw damaged(place, 'an erased entry holds more than zeros')
    this.#erased += 1
  }

  #entry(record: BatchRecord, place: Damage, headBytes: Uint8Array | undefined): void {
    const entry = parseOr(record.body, place)
    if (entryIndex(entry) !== record.index)
      throw damaged(place, `the entry says that it is number ${entryIndex(entry)}`)
    if (entryTime(entry) < this.#lastTime) throw damaged(place, 'its time lies before that of the entry before it')
    this.#lastTime = entryTime(entry)
    if ((entry.kind === 'host-activation') !== (record.index === 0))
      throw damaged(place, 'the first entry, and only it, is the activation')
    if (entry.kind === 'host-activation') this.#begin(entry, leafHash(record.body), headBytes)
    else if (entry.kind === 'grant') this.#checkLog(entry.grant.logId, place)
    else if (entry.kind === 'note-key')
      this.#noteKeys = [...this.#noteKeys, { algorithm: 'Ed25519', bytes: entry.noteKey }]
    const digests = entryDigests(entry)
    if (digests !== undefined) this.#digests.set(record.index, digests)
  }

  #begin(entry: HostActivationEntry, logId: Uint8Array, headBytes: Uint8Array | undefined): void {
    this.#first = { entry, logId }
    this.#noteKeys = [{ algorithm: 'Ed25519', bytes: entry.noteKey }]
    const path = this.#files.head
    if (headBytes === undefined) throw damaged({ path }, 'there is no signed head; a start of the host signs one')
    const head = openHead(headBytes, [entry.signingKey, ...(this.#options.keys ?? [])])
    if (head === undefined)
      throw damaged({ path }, 'the head carries no good signature of this host; a start of the host signs one')
    if (!equal(head.logId, logId)) throw damaged({ path }, `it is the head of the log ${toHex(head.logId)}`)
    this.#head = head
  }

  #checkLog(logId: Uint8Array, place: Damage): void {
    if (this.#first !== undefined && equal(logId, this.#first.logId)) return
    throw damaged(place, `the grant is of the log ${toHex(logId)}`)
  }

  #checkNote(logId: Uint8Array): void {
    if (this.#noteBytes === undefined) return
    const note = verifyNote(this.#files, this.#noteBytes, this.#noteKeys, logId)
    if (this.#noteRoot !== undefined && equal(note.root, this.#noteRoot)) return
    throw damaged({ path: this.#files.tlog }, `the signed note is of ${note.size} entries, and not of these`)
  }

  #checkHead(head: TreeHead): void {
    if (equal(this.#tree.root(), head.root)) return
    const path = dirname(this.#files.segment('entries', 0))
    throw damaged({ path }, `its first ${head.size} entries are not those that the head was signed over`)
  }

  #lastPath(count: number): string {
    return this.#files.segment('entries', Math.max(0, count - 1))
  }

  async #smallFiles(): Promise<void> {
    const { journal, retained } = this.#files
    if (await isBroken(journal, (bytes) => parseJournal(bytes) !== undefined))
      throw damaged({ path: journal }, 'its digest does not fit; a start of the host removes it')
    if (await isBroken(retained, (bytes) => parseRetained(bytes) !== undefined))
      throw damaged({ path: retained }, 'its digest does not fit; remove it, and retention begins anew')
  }

  async #breathe(): Promise<void> {
    this.#options.onProgress?.(Math.min(this.#done, this.#total), this.#total)
    await setImmediate()
  }
}

/** A running host may just be writing it: only what stays broken is damage. */
async function isBroken(path: string, isGood: (bytes: Uint8Array) => boolean): Promise<boolean> {
  for (let tries = 0; tries < 5; tries += 1) {
    if (!existsSync(path) || isGood(readFileSync(path))) return false
    await setTimeout(pause)
  }
  return true
}

/** In milliseconds. */
const pause = 20

function totalLength(files: LedgerFiles): number {
  const kinds = ['entries', 'details'] as const
  const paths = kinds.flatMap((kind) =>
    segmentNumbers(dirname(files.segment(kind, 0))).map((number) => files.segment(kind, number)),
  )
  return paths.reduce((total, path) => total + sizeOf(path), 0)
}

function parseOr(bytes: Uint8Array, place: Damage): LedgerEntry {
  try {
    return parseEntry(bytes)
  } catch (error) {
    throw error instanceof ActivationError ? damaged(place, error.message) : error
  }
}
