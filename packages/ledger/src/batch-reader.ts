import { fstatSync } from 'node:fs'
import { readAt } from './read-at.ts'
import {
  type BatchHead,
  batchHeadAt,
  batchHeadLength,
  checkHeader,
  headerLength,
  prefixLength,
  recordAt,
  recordKinds,
  seedOf,
} from './record.ts'

/** The entry of a batch, or what is left of it. `body` and `hashed` are views that keep a megabyte alive. */
export interface BatchRecord {
  readonly index: number
  /** Where its record begins in the file. */
  readonly offset: number
  readonly erased: boolean
  /** The entry, or its leaf hash and zeros. */
  readonly body: Uint8Array
  /** What is hashed into its leaf: a zero and the entry. */
  readonly hashed: Uint8Array
}

/** Entries that were written together. */
export interface Batch extends BatchHead {
  readonly offset: number
  readonly records: readonly BatchRecord[]
}

const chunkLength = 1 << 20

/** Reads the batches of a segment's entries from its beginning, or from where one begins, to the first that is not whole. */
export class BatchReader {
  /** What the checksums of this file begin with. */
  readonly seed: number
  readonly #descriptor: number
  #size: number
  #chunk: Buffer = Buffer.alloc(0)
  #chunkOffset = 0
  #offset = headerLength
  #broken: { readonly offset: number; readonly index: number } | undefined

  /** Refuses a file with another header: `LEDGER_DAMAGED` or `FOLDER_NEWER`. */
  constructor(descriptor: number, segment: number, path: string) {
    this.#descriptor = descriptor
    this.#size = fstatSync(descriptor).size
    const header = readAt(descriptor, 0, headerLength)
    checkHeader(header, 'entries', segment, path)
    this.seed = seedOf(header)
  }

  /** Size of the file when it was last looked at. */
  get size(): number {
    return this.#size
  }

  /** Where the next batch begins; after the last whole one, where what is not whole begins, or the end. */
  get offset(): number {
    return this.#offset
  }

  /** Where the first record lies that is not whole, if the batch at the offset has a whole head. */
  get broken(): { readonly offset: number; readonly index: number } | undefined {
    return this.#broken
  }

  /** Goes on reading where a batch begins. */
  seek(offset: number): void {
    this.#offset = offset
  }

  /** Looks again how far the file goes: another process may be writing it. */
  refresh(): void {
    this.#size = fstatSync(this.#descriptor).size
    this.#chunk = Buffer.alloc(0)
  }

  /** Passes over the batches that end before an entry, by their heads alone. */
  skipTo(index: number): void {
    for (let head = this.#head(); head !== undefined && head.first + head.count <= index; head = this.#head()) {
      this.#offset += batchHeadLength + head.length
    }
  }

  /** Gives the next whole batch; `undefined` at the end, and where one is damaged or cut short. */
  next(): Batch | undefined {
    this.#broken = undefined
    const head = this.#head()
    if (head === undefined) return undefined
    const length = batchHeadLength + head.length
    if (!this.#holds(length)) this.#fill(length)
    const records = this.#records(head)
    if (records === undefined) return undefined
    const batch = { ...head, offset: this.#offset, records }
    this.#offset += length
    return batch
  }

  /** Whether a batch begins behind the offset that begins later in the ledger than an entry. */
  hasBatchBehind(index: number): boolean {
    for (let start = this.#offset + 1; start < this.#size; start += chunkLength) {
      const window = readAt(this.#descriptor, start, Math.min(chunkLength + batchHeadLength, this.#size - start))
      const end = Math.min(chunkLength, window.length - batchHeadLength + 1)
      for (let at = 0; at < end; at += 1) if ((batchHeadAt(window, at, this.seed)?.first ?? -1) > index) return true
    }
    return false
  }

  #head(): BatchHead | undefined {
    if (!this.#holds(batchHeadLength)) this.#fill(batchHeadLength)
    const head = batchHeadAt(this.#chunk, this.#offset - this.#chunkOffset, this.seed)
    return head
  }

  #records({ first, count, length }: BatchHead): readonly BatchRecord[] | undefined {
    const records: BatchRecord[] = []
    const begin = this.#offset - this.#chunkOffset + batchHeadLength
    let at = begin
    for (let index = first; index < first + count; index += 1) {
      const body = recordAt(this.#chunk, at, this.seed)
      const kind = this.#chunk[at + 8]
      if (body === 0 || (kind !== recordKinds.entry && kind !== recordKinds.erasedEntry)) {
        this.#broken = { offset: this.#chunkOffset + at, index }
        return undefined
      }
      const end = at + prefixLength + body
      records.push({
        index,
        offset: this.#chunkOffset + at,
        erased: kind === recordKinds.erasedEntry,
        body: this.#chunk.subarray(at + prefixLength, end),
        hashed: this.#chunk.subarray(at + 8, end),
      })
      at = end
    }
    return at === begin + length ? records : undefined
  }

  #holds(length: number): boolean {
    return this.#offset >= this.#chunkOffset && this.#offset + length <= this.#chunkOffset + this.#chunk.length
  }

  #fill(length: number): void {
    const most = Math.max(0, this.#size - this.#offset)
    this.#chunk = readAt(this.#descriptor, this.#offset, Math.min(Math.max(length, chunkLength), most))
    this.#chunkOffset = this.#offset
  }
}
