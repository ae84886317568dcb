import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { rowWords } from './rows.ts'
import {
  blockHeadWords,
  earlierWords,
  parseHeader,
  parseTrailer,
  snapshotMark,
  type SnapshotHeader,
  type SnapshotTrailer,
} from './snapshot-format.ts'

/** A block of whole machines: its rows, and behind them what unverified ones go back to, all in `words`, which the next block overwrites. */
export interface SnapshotBlock {
  readonly words: Uint32Array
  readonly rows: number
  readonly earlier: number
}

/** A snapshot that is read once, each part of it checked before it is believed. What it says of the ledger is still to be compared with that. */
export class SnapshotReader {
  readonly header: SnapshotHeader
  readonly #parts: SnapshotParts

  private constructor(parts: SnapshotParts, header: SnapshotHeader) {
    this.#parts = parts
    this.header = header
  }

  /** Opens a snapshot, or says why not. */
  static open(path: string): SnapshotReader | string {
    const parts = new SnapshotParts(path)
    const [mark, length = 0] = parts.take(2) ?? []
    if (mark !== snapshotMark) {
      parts.close()
      return isOtherFormat(mark) ? 'another version has written it' : damage
    }
    const header = parts.takeChecked(length)
    if (header !== undefined) return new SnapshotReader(parts, parseHeader(header))
    parts.close()
    return damage
  }

  /** Gives block after block, and last the trailer; or says, when some blocks may have been given, that one is damaged. */
  read(take: (block: SnapshotBlock) => void): SnapshotTrailer | string {
    for (;;) {
      const [rows = 0, earlier = 0] = this.#parts.take(blockHeadWords) ?? []
      if (rows === 0) break
      const bytes = this.#parts.takeChecked(4 * (rows * rowWords + earlier * earlierWords))
      if (bytes === undefined) return damage
      take({ words: new Uint32Array(bytes.buffer, 0, bytes.length / 4), rows, earlier })
    }
    const [length = 0] = this.#parts.take(1) ?? []
    const trailer = this.#parts.takeChecked(length)
    return trailer === undefined ? damage : parseTrailer(trailer)
  }

  close(): void {
    this.#parts.close()
  }
}

const damage = 'it is damaged'

/** The last byte of the mark is the format. */
function isOtherFormat(mark = 0): boolean {
  return mark >>> 8 === snapshotMark >>> 8
}

/** Where the buffer begins to be large enough for the blocks that are written. */
const usualBytes = 262_144

/** Reads a snapshot part by part, into one buffer: a million machines must not leave another million behind in memory. */
class SnapshotParts {
  readonly #descriptor: number
  readonly #size: number
  #at = 0
  #checksum = 0
  #buffer = new ArrayBuffer(usualBytes)

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r')
    this.#size = fstatSync(this.#descriptor).size
  }

  /** Takes words that are not checked before the bytes behind them are; nothing where the file ends. */
  take(count: number): readonly number[] | undefined {
    const bytes = this.#read(4 * count)
    return bytes && [...new Uint32Array(bytes.buffer, 0, count)]
  }

  /** Takes bytes and the checksum of all up to them; nothing where it does not fit. They are good until the next ones are taken. */
  takeChecked(length: number): Uint8Array<ArrayBuffer> | undefined {
    const bytes = this.#read(length)
    const sum = this.#checksum
    const word = new Uint32Array(1)
    if (bytes === undefined || !this.#readInto(new Uint8Array(word.buffer))) return undefined
    return word[0] === sum ? bytes : undefined
  }

  close(): void {
    closeSync(this.#descriptor)
    this.#buffer.transfer(0)
  }

  #read(length: number): Uint8Array<ArrayBuffer> | undefined {
    if (length > this.#size - this.#at) return undefined
    if (length > this.#buffer.byteLength) this.#buffer = new ArrayBuffer(2 * length)
    const bytes = new Uint8Array(this.#buffer, 0, length)
    if (!this.#readInto(bytes)) return undefined
    this.#checksum = crc32(bytes, this.#checksum)
    return bytes
  }

  #readInto(bytes: Uint8Array): boolean {
    for (let done = 0; done < bytes.length;) {
      const read = readSync(this.#descriptor, bytes, done, bytes.length - done, this.#at + done)
      if (read === 0) return false
      done += read
    }
    this.#at += bytes.length
    return true
  }
}
