import { closeSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { equal } from '@volact/core/bytes'
import { MerkleTree } from '@volact/core/transparency/merkle'
import { hashLength } from '@volact/core/transparency/node-hash'
import { subtreeLeaves, subtreeLength } from '@volact/core/transparency/subtree'
import { sizeOf } from './cover.ts'
import { damaged } from './damage.ts'
import { segmentNumbers } from './details-log.ts'
import { openIfThere } from './open-if-there.ts'
import { placeOf } from './head-roots.ts'
import { type LedgerFiles, segmentEntries, segmentOf } from './ledger-files.ts'
import { blockLength, segmentBlocks } from './node-cache.ts'
import { OpenFiles } from './open-files.ts'
import { readAt } from './read-at.ts'
import { readTile } from './verify-tiles.ts'
import { tilePath, tileWidth } from './tlog-tile.ts'

/** The tree as it is made from the entries, which compares the caches of the folder with itself while it grows. */
export class CheckedTree {
  readonly tree: MerkleTree
  readonly #files: LedgerFiles
  readonly #open = new OpenFiles('r')
  readonly #block = Buffer.alloc(blockLength)
  readonly #roots: Uint8Array[] = []
  /** Up to where the newest segment was read. */
  walked = 0

  constructor(files: LedgerFiles) {
    this.#files = files
    this.tree = new MerkleTree({
      keep: (number, nodes) => {
        this.#checkBlock(number, nodes)
      },
      read: (number) => {
        throw new Error(`subtree ${number} was checked when it was complete`)
      },
    })
  }

  get size(): number {
    return this.tree.size
  }

  root(): Uint8Array {
    return this.tree.root()
  }

  append(leaf: Uint8Array, offset: number): void {
    this.#block.writeUInt32LE(offset, subtreeLength + 4 * (this.size % subtreeLeaves))
    this.tree.append(leaf)
    this.#checkHead()
  }

  /** Looks at what the caches hold beyond the entries: nothing, unless the host has gone on meanwhile. */
  end(): void {
    for (const kind of ['tree', 'heads'] as const) {
      for (const number of segmentNumbers(dirname(this.#files.segment(kind, 0)))) this.#checkEnd(kind, number)
    }
  }

  close(): void {
    this.#open.close()
  }

  #checkEnd(kind: 'tree' | 'heads', number: number): void {
    const own = Math.min(segmentEntries, Math.max(0, this.size - number * segmentEntries))
    const length = kind === 'heads' ? own * hashLength : treeLength(own)
    const path = this.#files.segment(kind, number)
    if (sizeOf(path) > length && !this.hasGrown())
      throw damaged({ path, offset: length }, 'it holds more than the ledger')
  }

  /** Whether entries were written behind those that were read. */
  hasGrown(): boolean {
    const last = segmentOf(this.size)
    const entries = segmentNumbers(dirname(this.#files.segment('entries', 0))).at(-1) ?? 0
    return entries > last || sizeOf(this.#files.segment('entries', entries)) > this.walked
  }

  #checkHead(): void {
    const path = this.#files.segment('heads', segmentOf(this.size - 1))
    const remembered = this.#part(path, placeOf(this.size), hashLength)
    if (isBlank(remembered, hashLength) || equal(remembered, this.root())) return
    const again = this.#part(path, placeOf(this.size), hashLength)
    if (!equal(again, this.root()))
      throw damaged({ path, offset: placeOf(this.size) }, `it remembers another root of size ${this.size}`)
  }

  #checkBlock(number: number, nodes: Uint8Array): void {
    this.#block.set(nodes)
    this.#block.writeUInt32LE(crc32(this.#block.subarray(0, checkedLength)), checkedLength)
    const path = this.#files.segment('tree', Math.floor(number / segmentBlocks))
    const at = (number % segmentBlocks) * blockLength
    this.#compare(path, at, this.#block)
    this.#roots.push(nodes.slice(-hashLength))
    if (this.#roots.length === segmentBlocks) this.#checkRoots(path)
    this.#checkTile(number, nodes)
  }

  #checkRoots(path: string): void {
    const roots = Buffer.concat(this.#roots.splice(0))
    const sum = Buffer.alloc(4)
    sum.writeUInt32LE(crc32(roots))
    this.#compare(path, segmentBlocks * blockLength, Buffer.concat([roots, sum]))
  }

  /** A place that was never written holds zeros; a running host may just be writing it. */
  #compare(path: string, offset: number, wanted: Uint8Array): void {
    for (let tries = 0; tries < 3; tries += 1) {
      const found = this.#part(path, offset, wanted.length)
      if (isBlank(found, wanted.length) || equal(found, wanted)) return
    }
    throw damaged({ path, offset }, 'it is not what the entries make; remove it, and a start of the host makes it anew')
  }

  #checkTile(number: number, nodes: Uint8Array): void {
    const tile = { level: 0, number, width: tileWidth }
    const path = join(this.#files.tlog, tilePath(tile))
    readTile(path, nodes.subarray(0, tileWidth * hashLength))
    for (const width of partialWidths(`${path}.p`))
      readTile(join(`${path}.p`, width), nodes.subarray(0, Number(width) * hashLength))
  }

  #part(path: string, offset: number, length: number): Uint8Array {
    const known = this.#descriptor(path)
    return known === undefined ? new Uint8Array(0) : readAt(known, offset, length)
  }

  #descriptor(path: string): number | undefined {
    const there = openIfThere(path)
    if (there === undefined) return undefined
    closeSync(there)
    return this.#open.get(path)
  }
}

const checkedLength = subtreeLength + 4 * subtreeLeaves

function treeLength(entries: number): number {
  const blocks = Math.floor(entries / subtreeLeaves)
  return blocks * blockLength + (blocks === segmentBlocks ? segmentBlocks * hashLength + 4 : 0)
}

function isBlank(bytes: Uint8Array, length: number): boolean {
  // Zeros that another process writes no longer than this are seen as blank, too.
  return bytes.length < length ? bytes.length === 0 : bytes.every((byte) => byte === 0)
}

function partialWidths(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /^[1-9]\d{0,2}$/.test(name))
  } catch {
    return []
  }
}
