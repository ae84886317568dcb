import { crc32 } from 'node:zlib'
import { equal } from '@volact/core/bytes'
import { hashLength } from '@volact/core/transparency/node-hash'
import { subtreeLeaves, subtreeLength, type SubtreeStore } from '@volact/core/transparency/subtree'
import { type LedgerFiles, segmentEntries } from './ledger-files.ts'
import type { OpenFiles } from './open-files.ts'
import { readAt, readInto } from './read-at.ts'
import { writeAt } from './write-at.ts'

/** A block of the cache: all nodes of a subtree, where its 256 entries lie in their segment (u32), u32 CRC-32 of both, zeros. */
export const blockLength = 17_408

/** How many blocks a segment has. */
export const segmentBlocks: number = segmentEntries / subtreeLeaves

/** Behind the blocks of a complete segment: their roots, and a CRC-32. */
const rootsLength = segmentBlocks * hashLength
const checkedLength = subtreeLength + 4 * subtreeLeaves

/** Makes a block anew from the entries: its nodes, and where its entries lie. */
export type BuildBlock = (number: number, nodes: Uint8Array, offsets: Uint32Array) => void

/**
 * The complete subtrees of a ledger's tree, each with the places of its entries, in one file a segment. It is a cache: what is
 * missing or does not fit its checksum is built from the entries again, and that it cannot be written is no failure.
 */
export class NodeCache implements SubtreeStore {
  /** How often a block was read from the disk. */
  reads = 0
  readonly #files: LedgerFiles
  readonly #open: OpenFiles
  readonly #build: BuildBlock
  readonly #block = Buffer.alloc(blockLength)
  // What the tree has read last stays as it is until it reads again, whatever else is done here meanwhile.
  readonly #served = Buffer.alloc(blockLength)
  // No Buffer, whose `slice` would not copy.
  readonly #nodes = new Uint8Array(this.#served.buffer, this.#served.byteOffset, subtreeLength)
  readonly #offsets: Uint32Array
  readonly #roots = Buffer.alloc(rootsLength + 4)
  readonly #four = Buffer.alloc(4)
  #good = new Uint8Array(1_024)

  /** `offsets` is the ring of the newest entries' places, which the ledger fills before a subtree is complete. */
  constructor(files: LedgerFiles, open: OpenFiles, offsets: Uint32Array, build: BuildBlock) {
    this.#files = files
    this.#open = open
    this.#offsets = offsets
    this.#build = build
  }

  read(number: number): Uint8Array {
    this.reads += 1
    if (!this.#readBlock(number, this.#served)) {
      this.rebuild(number)
      this.#served.set(this.#block)
    }
    return this.#nodes
  }

  keep(number: number, nodes: Uint8Array): void {
    this.#block.set(nodes)
    const from = (number * subtreeLeaves) % this.#offsets.length
    for (let place = 0; place < subtreeLeaves; place += 1) {
      this.#block.writeUInt32LE(Number(this.#offsets[from + place]), subtreeLength + 4 * place)
    }
    this.#write(number)
  }

  /** Tells where an entry of a complete subtree lies in its segment. */
  offsetOf(index: number): number {
    const number = Math.floor(index / subtreeLeaves)
    const at = subtreeLength + 4 * (index % subtreeLeaves)
    if (this.#good[number] !== 1) {
      if (!this.#readBlock(number)) this.rebuild(number)
      return this.#block.readUInt32LE(at)
    }
    const { descriptor, position } = this.#place(number)
    readInto(descriptor, position + at, this.#four)
    return this.#four.readUInt32LE(0)
  }

  /** Gives the roots of a complete segment's subtrees, from where they stand together, else from each of them. */
  segmentRoots(segment: number): Uint8Array {
    const last = segment * segmentBlocks + segmentBlocks - 1
    try {
      const { descriptor, position } = this.#place(last)
      const found = readInto(descriptor, position + blockLength, this.#roots)
      if (
        found === rootsLength + 4 &&
        crc32(this.#roots.subarray(0, rootsLength)) === this.#roots.readUInt32LE(rootsLength)
      ) {
        return this.#roots.subarray(0, rootsLength)
      }
    } catch {
      // Missing: made anew below.
    }
    for (let place = 0; place < segmentBlocks; place += 1) this.#takeRoot(segment * segmentBlocks + place)
    this.#writeRoots(last)
    return this.#roots.subarray(0, rootsLength)
  }

  /** Whether a block lies there whole, names these places of its entries, and has this last leaf; then `root` gives its root. */
  fits(number: number, offsets: readonly number[], lastLeaf: Uint8Array): boolean {
    if (!this.#readBlock(number)) return false
    const last = (subtreeLeaves - 1) * hashLength
    return (
      offsets.every((offset, place) => this.#block.readUInt32LE(subtreeLength + 4 * place) === offset) &&
      equal(this.#block.subarray(last, last + hashLength), lastLeaf)
    )
  }

  /** Gives the root of the block that was read last. */
  get root(): Uint8Array {
    return this.#block.subarray(subtreeLength - hashLength, subtreeLength)
  }

  /** Forgets which blocks were found good. */
  distrust(): void {
    this.#good.fill(0)
  }

  #takeRoot(number: number): void {
    if (!this.#readBlock(number)) this.rebuild(number)
    this.#roots.set(this.root, (number % segmentBlocks) * hashLength)
  }

  /** Reads a block; false where it is not whole. The checksum is compared once, since it costs more than reading. */
  #readBlock(number: number, block = this.#block): boolean {
    if (!this.#readWhole(number, block)) {
      // Somebody has cut the file: what was good in it may be holes by the time that this block is written again.
      if (this.#good[number] === 1) this.distrust()
      return false
    }
    if (this.#good[number] === 1) return true
    if (crc32(block.subarray(0, checkedLength)) !== block.readUInt32LE(checkedLength)) return false
    this.#mark(number)
    return true
  }

  #readWhole(number: number, block: Buffer): boolean {
    try {
      const { descriptor, position } = this.#place(number)
      return readInto(descriptor, position, block) >= checkedLength + 4
    } catch {
      return false
    }
  }

  /** Builds a block from the entries and writes it. */
  rebuild(number: number): void {
    const offsets = new Uint32Array(subtreeLeaves)
    const nodes = new Uint8Array(subtreeLength)
    this.#build(number, nodes, offsets)
    this.#block.set(nodes)
    for (const [place, offset] of offsets.entries()) this.#block.writeUInt32LE(offset, subtreeLength + 4 * place)
    this.#write(number)
  }

  #write(number: number): void {
    this.#block.writeUInt32LE(crc32(this.#block.subarray(0, checkedLength)), checkedLength)
    this.#block.fill(0, checkedLength + 4)
    try {
      const { descriptor, position } = this.#place(number)
      writeAt(descriptor, position, this.#block)
      this.#mark(number)
      if (number % segmentBlocks === segmentBlocks - 1) this.#collectRoots(number)
    } catch {
      // A full disk, or one that fails: the block is built again when it is asked for.
    }
  }

  #collectRoots(last: number): void {
    if (!this.#isGoodSegment(last)) return
    const { descriptor } = this.#place(last)
    for (let place = 0; place < segmentBlocks; place += 1) {
      const root = readAt(descriptor, place * blockLength + subtreeLength - hashLength, hashLength)
      this.#roots.set(root, place * hashLength)
    }
    this.#writeRoots(last)
  }

  #isGoodSegment(last: number): boolean {
    for (let number = last - segmentBlocks + 1; number <= last; number += 1) if (this.#good[number] !== 1) return false
    return true
  }

  #writeRoots(last: number): void {
    this.#roots.writeUInt32LE(crc32(this.#roots.subarray(0, rootsLength)), rootsLength)
    try {
      const { descriptor, position } = this.#place(last)
      writeAt(descriptor, position + blockLength, this.#roots)
    } catch {
      // As above.
    }
  }

  #mark(number: number): void {
    if (number >= this.#good.length) {
      const larger = new Uint8Array(2 * Math.max(number, this.#good.length))
      larger.set(this.#good)
      this.#good = larger
    }
    this.#good[number] = 1
  }

  #place(number: number): { readonly descriptor: number; readonly position: number } {
    const path = this.#files.segment('tree', Math.floor(number / segmentBlocks))
    return { descriptor: this.#open.getInFolder(path), position: (number % segmentBlocks) * blockLength }
  }
}
