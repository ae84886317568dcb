import { fstatSync } from 'node:fs'
import { readAt } from './read-at.ts'
import { checkHeader, headerLength, type LogKind, seedOf } from './record.ts'

/** Room for a few batches, in bytes: a larger chunk leaves more behind in memory, and is read no faster. */
const chunkLength = 131_072

/** The log file of a segment, read chunk by chunk, to the end that it had when it was last looked at. */
export class SegmentFile {
  /** What the checksums of this file begin with. */
  readonly seed: number
  readonly #descriptor: number
  #size: number
  #chunk: Buffer = Buffer.alloc(0)
  #chunkOffset = 0

  /** Refuses a file with another header: `LEDGER_DAMAGED` or `FOLDER_NEWER`. */
  constructor(descriptor: number, kind: LogKind, segment: number, path: string) {
    this.#descriptor = descriptor
    this.#size = fstatSync(descriptor).size
    const header = readAt(descriptor, 0, headerLength)
    checkHeader(header, kind, segment, path)
    this.seed = seedOf(header)
  }

  /** Size of the file when it was last looked at. */
  get size(): number {
    return this.#size
  }

  /** What was read last. A new one for each reading, so that views of it stay as they are. */
  get chunk(): Buffer {
    return this.#chunk
  }

  /** Looks again how far the file goes: another process may be writing it. */
  refresh(): void {
    this.#size = fstatSync(this.#descriptor).size
    this.#chunk = Buffer.alloc(0)
  }

  /** Sees to it that the chunk has `length` bytes from an offset on, or all that the file has there, and gives where in it they begin. */
  load(offset: number, length: number): number {
    const rest = Math.max(0, this.#size - offset)
    const end = offset + Math.min(length, rest)
    if (offset < this.#chunkOffset || end > this.#chunkOffset + this.#chunk.length) {
      this.#chunk = readAt(this.#descriptor, offset, Math.min(Math.max(length, chunkLength), rest))
      this.#chunkOffset = offset
    }
    return offset - this.#chunkOffset
  }

  /** Looks at every byte from an offset on, with the `length` behind it, for where something begins; nothing when it does nowhere. */
  find(from: number, length: number, begins: (bytes: Buffer, at: number) => boolean): number | undefined {
    for (let start = from; start < this.#size; start += chunkLength) {
      const window = readAt(this.#descriptor, start, Math.min(chunkLength + length, this.#size - start))
      const end = Math.min(chunkLength, window.length)
      for (let at = 0; at < end; at += 1) if (begins(window, at)) return start + at
    }
    return undefined
  }
}
