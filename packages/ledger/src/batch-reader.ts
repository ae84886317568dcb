import {
  type BatchHead,
  batchHeadAt,
  batchHeadLength,
  headerLength,
  prefixLength,
  recordAt,
  recordKinds,
} from './record.ts'
import { SegmentFile } from './segment-file.ts'

/** Where a record lies in what was read. */
interface Stretch {
  readonly chunk: Buffer
  /** Where the chunk begins in the file, and the record in the chunk. */
  readonly chunkOffset: number
  readonly at: number
  readonly bodyLength: number
}

/**
 * The entry of a batch, or what is left of it; it keeps the chunk alive that it was read with. A start reads 65,536 of them to look into
 * a few: so their views are only made when somebody asks.
 */
export class BatchRecord {
  readonly index: number
  /** Time of its batch. */
  readonly time: number
  /** Where its record begins in the file. */
  readonly offset: number
  readonly #chunk: Buffer
  readonly #at: number
  readonly #end: number

  constructor(index: number, time: number, { chunk, chunkOffset, at, bodyLength }: Stretch) {
    this.index = index
    this.time = time
    this.offset = chunkOffset + at
    this.#chunk = chunk
    this.#at = at + prefixLength
    this.#end = this.#at + bodyLength
  }

  get erased(): boolean {
    return this.#chunk[this.#at - 1] === recordKinds.erasedEntry
  }

  /** The entry, or its leaf hash and zeros. */
  get body(): Uint8Array {
    return this.#chunk.subarray(this.#at, this.#end)
  }

  /** What is hashed into its leaf: a zero and the entry. */
  get hashed(): Uint8Array {
    return this.#chunk.subarray(this.#at - 1, this.#end)
  }

  /** Whether the body begins with two bytes. */
  beginsWith(first: number, second: number): boolean {
    return this.#chunk[this.#at] === first && this.#chunk[this.#at + 1] === second
  }
}

/** Entries that were written together. */
export interface Batch extends BatchHead {
  readonly offset: number
  readonly records: readonly BatchRecord[]
}

/** Reads the batches of a segment's entries from its beginning, or from where one begins, to the first that is not whole. */
export class BatchReader {
  readonly #file: SegmentFile
  #offset = headerLength
  #broken: { readonly offset: number; readonly index: number } | undefined

  /** Refuses a file with another header: `LEDGER_DAMAGED` or `FOLDER_NEWER`. */
  constructor(descriptor: number, segment: number, path: string) {
    this.#file = new SegmentFile(descriptor, 'entries', segment, path)
  }

  /** What the checksums of this file begin with. */
  get seed(): number {
    return this.#file.seed
  }

  /** Size of the file when it was last looked at. */
  get size(): number {
    return this.#file.size
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
    this.#file.refresh()
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
    const records = this.#records(head)
    if (records === undefined) return undefined
    const batch = { ...head, offset: this.#offset, records }
    this.#offset += batchHeadLength + head.length
    return batch
  }

  /** Whether a batch begins behind the offset that begins later in the ledger than an entry. */
  hasBatchBehind(index: number): boolean {
    const isLater = (bytes: Buffer, at: number): boolean => (batchHeadAt(bytes, at, this.seed)?.first ?? -1) > index
    return this.#file.find(this.#offset + 1, batchHeadLength, isLater) !== undefined
  }

  #head(): BatchHead | undefined {
    const at = this.#file.load(this.#offset, batchHeadLength)
    return batchHeadAt(this.#file.chunk, at, this.seed)
  }

  #records({ first, time, count, length }: BatchHead): readonly BatchRecord[] | undefined {
    const records: BatchRecord[] = []
    const begin = this.#file.load(this.#offset, batchHeadLength + length) + batchHeadLength
    const { chunk, seed } = this.#file
    // Where the chunk begins in the file.
    const chunkOffset = this.#offset + batchHeadLength - begin
    let at = begin
    for (let index = first; index < first + count; index += 1) {
      const body = recordAt(chunk, at, seed)
      const kind = chunk[at + 8]
      if (body === 0 || (kind !== recordKinds.entry && kind !== recordKinds.erasedEntry)) {
        this.#broken = { offset: chunkOffset + at, index }
        return undefined
      }
      records.push(new BatchRecord(index, time, { chunk, chunkOffset, at, bodyLength: body }))
      at += prefixLength + body
    }
    return at === begin + length ? records : undefined
  }
}
