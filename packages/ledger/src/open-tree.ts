import { MerkleTree } from '@volact/core/transparency/merkle'
import { hashLength } from '@volact/core/transparency/node-hash'
import { fillSubtree, subtreeLeaves } from '@volact/core/transparency/subtree'
import type { BatchRecord } from './batch-reader.ts'
import type { FoundSegment } from './found-segment.ts'
import { leafOf } from './leaf-of.ts'
import { type LedgerFiles, segmentEntries, segmentOf } from './ledger-files.ts'
import type { NodeCache } from './node-cache.ts'
import { readEntries } from './read-entries.ts'

/** Makes blocks of the tree's cache from their entries; those that follow each other in one reading of their segment. */
export class EntryBlocks {
  readonly #files: LedgerFiles
  #next = -1
  #isInOrder = true
  #entries: Generator<BatchRecord> | undefined

  constructor(files: LedgerFiles) {
    this.#files = files
  }

  build(number: number, nodes: Uint8Array, offsets: Uint32Array): void {
    const from = number * subtreeLeaves
    if (number !== this.#next) this.#close()
    const end = (segmentOf(from) + 1) * segmentEntries
    this.#entries ??= readEntries(this.#files, from, end)
    this.#next = -1 // Until all of it is there: reading may fail.
    for (let place = 0; place < subtreeLeaves; place += 1) {
      const { value } = this.#entries.next() as IteratorResult<BatchRecord, undefined>
      if (value === undefined) throw new Error(`block ${number} is not complete`)
      nodes.set(leafOf(value), place * hashLength)
      offsets[place] = value.offset
    }
    fillSubtree(nodes)
    this.#next = number + 1
    if (!this.#isInOrder || from + subtreeLeaves === end) this.#close()
  }

  /** Says that blocks are asked for in no order from now on, so that no file is kept open for the next. */
  endOrder(): void {
    this.#isInOrder = false
    this.#close()
  }

  #close(): void {
    this.#entries?.return(undefined)
    this.#entries = undefined
  }
}

/** Builds the tree from the roots in the cache, and its right edge from the newest segment's entries. */
export function openTree(cache: NodeCache, offsets: Uint32Array, found: FoundSegment): MerkleTree {
  const tree = new MerkleTree(cache)
  for (let segment = 0; segment < found.number; segment += 1) appendSegment(tree, cache.segmentRoots(segment))
  const { records } = found
  const complete = Math.floor(records.length / subtreeLeaves)
  for (let block = 0; block < complete; block += 1) {
    const number = Math.floor(tree.size / subtreeLeaves)
    const own = records.slice(block * subtreeLeaves, (block + 1) * subtreeLeaves)
    const last = own.at(-1)
    const fits =
      last !== undefined &&
      cache.fits(
        number,
        own.map(({ offset }) => offset),
        leafOf(last),
      )
    if (!fits) cache.rebuild(number)
    tree.appendSubtree(cache.root)
  }
  for (const record of records.slice(complete * subtreeLeaves)) {
    offsets[tree.size % offsets.length] = record.offset
    tree.append(leafOf(record))
  }
  return tree
}

function appendSegment(tree: MerkleTree, roots: Uint8Array): void {
  for (let at = 0; at < roots.length; at += hashLength) tree.appendSubtree(roots.subarray(at, at + hashLength))
}
