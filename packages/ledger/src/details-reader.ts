import { closeSync } from 'node:fs'
import type { LedgerFiles } from './ledger-files.ts'
import { openIfThere } from './open-if-there.ts'
import { headerLength, prefixLength, recordAt, recordKinds, recordLimit } from './record.ts'
import { SegmentFile } from './segment-file.ts'

/** A record of a details file. `body` is a view of the chunk that it was read with. */
export interface DetailsPlace {
  readonly offset: number
  readonly kind: number
  readonly body: Buffer
}

const kinds: readonly number[] = [recordKinds.details, recordKinds.erasedDetails, recordKinds.gap]

const longest = prefixLength + recordLimit

/** Reads the records of a segment's details to the first that is not whole, or to the end it had when this was made. */
export class DetailsReader {
  readonly #file: SegmentFile
  #offset = headerLength

  /** Refuses a file with another header: `LEDGER_DAMAGED` or `FOLDER_NEWER`. */
  constructor(descriptor: number, segment: number, path: string) {
    this.#file = new SegmentFile(descriptor, 'details', segment, path)
  }

  /** What the checksums of this file begin with. */
  get seed(): number {
    return this.#file.seed
  }

  /** Size of the file when it was last looked at. */
  get size(): number {
    return this.#file.size
  }

  /** Looks again how far the file goes: another process may be writing it. */
  refresh(): void {
    this.#file.refresh()
  }

  /** Where the next record begins; after the last whole one, where what is not whole begins, or the end. */
  get offset(): number {
    return this.#offset
  }

  /** Goes on reading where a record begins. */
  seek(offset: number): void {
    this.#offset = offset
  }

  /** Gives the next whole record; `undefined` at the end, and where one is damaged or cut short. */
  next(): DetailsPlace | undefined {
    // Most lie in the chunk as a whole: only what does not is loaded for, with room for the longest.
    const length = this.#lengthWithin(prefixLength) || this.#lengthWithin(longest)
    const begin = this.#file.load(this.#offset, prefixLength)
    const { chunk } = this.#file
    const kind = chunk[begin + 8] ?? -1
    if (length === 0 || !kinds.includes(kind)) return undefined
    const end = begin + prefixLength + length
    const found = { offset: this.#offset, kind, body: chunk.subarray(begin + prefixLength, end) }
    this.#offset += prefixLength + length
    return found
  }

  /** Finds where a whole record begins behind the offset; nothing when none does. */
  findBehind(): number | undefined {
    const isRecord = (bytes: Buffer, at: number): boolean =>
      kinds.includes(bytes[at + 8] ?? -1) && recordAt(bytes, at, this.seed) > 0
    return this.#file.find(this.#offset + 1, longest, isRecord)
  }

  #lengthWithin(loaded: number): number {
    const at = this.#file.load(this.#offset, loaded)
    return recordAt(this.#file.chunk, at, this.seed)
  }
}

/** Reads the records of a segment's details from the first one on, and closes the file again; nothing where there are none. */
export function* readDetails(files: LedgerFiles, segment: number): Generator<DetailsPlace> {
  const path = files.segment('details', segment)
  const descriptor = openIfThere(path)
  if (descriptor === undefined) return
  try {
    const reader = new DetailsReader(descriptor, segment, path)
    for (let record = reader.next(); record !== undefined; record = reader.next()) yield record
  } finally {
    closeSync(descriptor)
  }
}
