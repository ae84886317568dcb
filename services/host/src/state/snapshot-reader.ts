import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { equal } from '@volact/core/bytes'
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

const digestBytes = 32
const pieceBytes = 262_144

/** A block of whole machines: its rows, and behind them what unverified ones go back to, all in `words`, which the next block overwrites. */
export interface SnapshotBlock {
  readonly words: Uint32Array
  readonly rows: number
  readonly earlier: number
}

/** A snapshot whose digest fits. What it says of the ledger is still to be compared with the ledger. */
export class SnapshotReader {
  readonly header: SnapshotHeader
  readonly #descriptor: number
  #at: number
  #words = new Uint32Array(pieceBytes / 4)

  private constructor(descriptor: number, header: SnapshotHeader, at: number) {
    this.#descriptor = descriptor
    this.header = header
    this.#at = at
  }

  /** Opens a snapshot; nothing when it is damaged. */
  static open(path: string): SnapshotReader | undefined {
    const descriptor = openSync(path, 'r')
    const length = isWhole(descriptor) ? headerLength(descriptor) : undefined
    if (length !== undefined)
      return new SnapshotReader(descriptor, parseHeader(readAt(descriptor, 8, length)), 8 + length)
    closeSync(descriptor)
    return undefined
  }

  /** Gives block after block, and last the trailer. */
  read(take: (block: SnapshotBlock) => void): SnapshotTrailer {
    for (;;) {
      const [rows = 0, earlier = 0] = this.#take(blockHeadWords)
      if (rows === 0) break
      take({ words: this.#take(rows * rowWords + earlier * earlierWords), rows, earlier })
    }
    const [length = 0] = this.#take(1)
    return parseTrailer(readAt(this.#descriptor, this.#at, length))
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  /** Reads words, into one buffer: a million machines must not leave another million behind in memory. */
  #take(count: number): Uint32Array {
    if (count > this.#words.length) this.#words = new Uint32Array(2 * count)
    readInto(this.#descriptor, new Uint8Array(this.#words.buffer, 0, 4 * count), this.#at)
    this.#at += 4 * count
    return this.#words
  }
}

/** Compares the digest at the end, before anything of it is believed. */
function isWhole(descriptor: number): boolean {
  const end = fstatSync(descriptor).size - digestBytes
  const hash = createHash('sha256')
  const piece = new Uint8Array(pieceBytes)
  for (let at = 0; at < end;) {
    const read = readSync(descriptor, piece, 0, Math.min(pieceBytes, end - at), at)
    if (read === 0) return false
    hash.update(piece.subarray(0, read))
    at += read
  }
  return end > 0 && equal(new Uint8Array(hash.digest()), readAt(descriptor, end, digestBytes))
}

function headerLength(descriptor: number): number | undefined {
  const head = readAt(descriptor, 0, 8)
  const [mark, length] = new Uint32Array(head.buffer, 0, 2)
  return mark === snapshotMark ? length : undefined
}

function readAt(descriptor: number, at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  readInto(descriptor, bytes, at)
  return bytes
}

function readInto(descriptor: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;) {
    const read = readSync(descriptor, bytes, done, bytes.length - done, at + done)
    if (read === 0) throw new Error('a snapshot ends before its own digest says so')
    done += read
  }
}
