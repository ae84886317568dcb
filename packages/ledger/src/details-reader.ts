import { fstatSync } from 'node:fs'
import { readAt } from './read-at.ts'
import { checkHeader, headerLength, prefixLength, recordAt, recordKinds, recordLimit, seedOf } from './record.ts'

/** A record of a details file. `body` is a view that keeps a megabyte alive. */
export interface DetailsPlace {
  readonly offset: number
  readonly kind: number
  readonly body: Buffer
}

const chunkLength = 1 << 20

const kinds: readonly number[] = [recordKinds.details, recordKinds.erasedDetails, recordKinds.gap]

/** Reads the records of a segment's details to the first that is not whole, or to the end it had when this was made. */
export class DetailsReader {
  #size: number
  readonly seed: number
  readonly #descriptor: number
  #chunk: Buffer = Buffer.alloc(0)
  #chunkOffset = headerLength
  #offset = headerLength

  /** Refuses a file with another header: `LEDGER_DAMAGED` or `FOLDER_NEWER`. */
  constructor(descriptor: number, segment: number, path: string) {
    this.#descriptor = descriptor
    this.#size = fstatSync(descriptor).size
    const header = readAt(descriptor, 0, headerLength)
    checkHeader(header, 'details', segment, path)
    this.seed = seedOf(header)
  }

  /** Size of the file when it was last looked at. */
  get size(): number {
    return this.#size
  }

  /** Looks again how far the file goes: another process may be writing it. */
  refresh(): void {
    this.#size = fstatSync(this.#descriptor).size
    this.#chunk = Buffer.alloc(0)
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
    const at = this.#offset - this.#chunkOffset
    const length = (at < 0 ? 0 : recordAt(this.#chunk, at, this.seed)) || this.#refill()
    const begin = this.#offset - this.#chunkOffset
    const kind = this.#chunk[begin + 8] ?? -1
    if (length === 0 || !kinds.includes(kind)) return undefined
    const end = begin + prefixLength + length
    const found = { offset: this.#offset, kind, body: this.#chunk.subarray(begin + prefixLength, end) }
    this.#offset += prefixLength + length
    return found
  }

  /** Finds where a whole record begins behind the offset; nothing when none does. */
  findBehind(): number | undefined {
    for (let start = this.#offset + 1; start < this.#size; start += chunkLength) {
      const window = readAt(
        this.#descriptor,
        start,
        Math.min(chunkLength + prefixLength + recordLimit, this.#size - start),
      )
      const end = Math.min(chunkLength, window.length)
      for (let at = 0; at < end; at += 1) {
        if (kinds.includes(window[at + 8] ?? -1) && recordAt(window, at, this.seed) > 0) return start + at
      }
    }
    return undefined
  }

  #refill(): number {
    const length = Math.min(chunkLength, Math.max(0, this.#size - this.#offset))
    this.#chunk = readAt(this.#descriptor, this.#offset, length)
    this.#chunkOffset = this.#offset
    return recordAt(this.#chunk, 0, this.seed)
  }
}
