import { closeSync, openSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { equal, toHex } from '@volact/core/bytes'
import type { PublicKey } from '@volact/core/crypto'
import { entryIndex, entryTime, type LedgerEntry, parseEntry } from '@volact/core/document/ledger-entry'
import type { HostActivationEntry } from '@volact/core/document/plain-entry'
import type { TreeHead } from '@volact/core/document/tree-head'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { MerkleTree } from '@volact/core/transparency/merkle'
import { leafHash } from '@volact/core/transparency/node-hash'
import { fileError } from '@volact/files/file-error'
import { type CoveredFile, coverFolder } from './cover.ts'
import { type Damage, damaged } from './damage.ts'
import { type EntryDigests, entryDigests } from './entry-digests.ts'
import { openHead, readSettledHead } from './head-file.ts'
import { type LedgerFiles, ledgerFiles } from './ledger-files.ts'
import { RecordReader } from './record-reader.ts'
import { verifyDetails } from './verify-details.ts'

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
  /** What vouches for each file of the folder (rule 30). */
  readonly files: readonly CoveredFile[]
}

/** How many entries are checked between two turns of the event loop. */
const stride = 2_000

/**
 * Reads all of a ledger again: every checksum, every entry, their indexes and times, the root, the head's signature, and
 * that each request and its details are those of their entry. Reads only, so that it works beside the running host; what is
 * written meanwhile lies behind the head. Throws `LEDGER_DAMAGED` with file, offset and index.
 */
export async function verifyLedger(dir: string, options: VerifyOptions = {}): Promise<LedgerReport> {
  const files = ledgerFiles(dir)
  try {
    const head = readSettledHead(files.head) // Before the entries, which grow.
    const descriptor = openSync(files.entries, 'r')
    try {
      return await new Verification(files, descriptor, options).run(dir, head)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    throw fileError(error, 'read', files.entries)
  }
}

class Verification {
  readonly #files: LedgerFiles
  readonly #reader: RecordReader
  readonly #options: VerifyOptions
  readonly #tree = new MerkleTree()
  readonly #digests = new Map<number, EntryDigests>()
  #first: { readonly entry: HostActivationEntry; readonly logId: Uint8Array } | undefined
  #lastTime: Instant = 0

  constructor(files: LedgerFiles, descriptor: number, options: VerifyOptions) {
    this.#files = files
    this.#options = options
    this.#reader = new RecordReader(descriptor, 'entries', files.entries)
  }

  async run(dir: string, headBytes: Uint8Array | undefined): Promise<LedgerReport> {
    this.#next()
    const head = this.#openHead(headBytes)
    while (this.#tree.size < head.size && this.#next()) if (this.#tree.size % stride === 0) await this.#breathe()
    this.#checkHead(head)
    const lastTime = this.#lastTime
    while (this.#next()) if (this.#tree.size % stride === 0) await this.#breathe()
    this.#checkTail()
    verifyDetails(this.#files.details, this.#digests)
    await this.#breathe()
    return { head, lastTime, unsigned: this.#tree.size - head.size, files: coverFolder(dir) }
  }

  #next(): boolean {
    const record = this.#reader.next()
    if (record === undefined) return false
    const entry = this.#check(record.bytes, record.offset)
    this.#tree.append(leafHash(record.bytes))
    this.#lastTime = entryTime(entry)
    const digests = entryDigests(entry)
    if (digests !== undefined) this.#digests.set(entryIndex(entry), digests)
    return true
  }

  #check(bytes: Uint8Array, offset: number): LedgerEntry {
    const index = this.#tree.size
    const place = { path: this.#files.entries, offset, index }
    const entry = parseOr(bytes, place)
    if (entryIndex(entry) !== index) throw damaged(place, `the entry says that it is number ${entryIndex(entry)}`)
    if (entryTime(entry) < this.#lastTime) throw damaged(place, 'its time lies before that of the entry before it')
    if ((entry.kind === 'host-activation') !== (index === 0))
      throw damaged(place, 'the first entry, and only it, is the activation')
    if (entry.kind === 'host-activation') this.#first = { entry, logId: leafHash(bytes) }
    else if (entry.kind === 'grant') this.#checkLog(entry.grant.logId, place)
    return entry
  }

  #checkLog(logId: Uint8Array, place: Damage): void {
    if (this.#first !== undefined && equal(logId, this.#first.logId)) return
    throw damaged(place, `the grant is of the log ${toHex(logId)}`)
  }

  #openHead(bytes: Uint8Array | undefined): TreeHead {
    const path = this.#files.head
    if (this.#first === undefined)
      throw damaged({ path: this.#files.entries, ...this.#place() }, 'it has no whole first entry')
    if (bytes === undefined) throw damaged({ path }, 'there is no signed head; a start of the host signs one')
    const head = openHead(bytes, [this.#first.entry.signingKey, ...(this.#options.keys ?? [])])
    if (head === undefined)
      throw damaged({ path }, 'the head carries no good signature of this host; a start of the host signs one')
    if (!equal(head.logId, this.#first.logId)) throw damaged({ path }, `it is the head of the log ${toHex(head.logId)}`)
    return head
  }

  #checkHead(head: TreeHead): void {
    const { size } = this.#tree
    if (size < head.size) {
      throw damaged(
        { path: this.#files.entries, ...this.#place() },
        `the signed head covers ${head.size} entries, and only ${size} are whole`,
      )
    }
    if (!equal(this.#tree.rootAt(head.size), head.root)) {
      throw damaged(
        { path: this.#files.entries },
        `its first ${head.size} entries are not those that the head was signed over`,
      )
    }
  }

  /** A running host may just be writing here, so that an unfinished end is no damage; what whole entries follow is. */
  #checkTail(): void {
    const { offset, size } = this.#reader
    if (offset === size || !this.#reader.hasRecordBehind()) return
    throw damaged({ path: this.#files.entries, ...this.#place() }, 'whole entries stand behind one that is not')
  }

  #place(): { readonly offset: number; readonly index: number } {
    return { offset: this.#reader.offset, index: this.#tree.size }
  }

  async #breathe(): Promise<void> {
    this.#options.onProgress?.(this.#reader.offset, this.#reader.size)
    await setImmediate()
  }
}

function parseOr(bytes: Uint8Array, place: Damage): LedgerEntry {
  try {
    return parseEntry(bytes)
  } catch (error) {
    throw error instanceof ActivationError ? damaged(place, error.message) : error
  }
}
