import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex } from '../bytes.ts'
import { MerkleTree } from './merkle.ts'
import { emptyRoot, leafHash } from './node-hash.ts'
import { fillSubtree, MemorySubtrees, type SubtreeStore, subtreeLength } from './subtree.ts'

// The definitions of RFC 9162 §2.1, word for word and over the entries themselves: they share no code with the tree.

type Entries = readonly Uint8Array[]

function hash(...parts: readonly (Uint8Array | number)[]): Uint8Array {
  const sha = createHash('sha256')
  for (const part of parts) sha.update(typeof part === 'number' ? Uint8Array.of(part) : part)
  return new Uint8Array(sha.digest())
}

function split(n: number): number {
  let k = 1
  while (2 * k < n) k *= 2
  return k
}

function mth(d: Entries): Uint8Array {
  const [only] = d
  if (only === undefined) return hash()
  if (d.length === 1) return hash(0, only)
  const k = split(d.length)
  return hash(1, mth(d.slice(0, k)), mth(d.slice(k)))
}

function path(m: number, d: Entries): Uint8Array[] {
  if (d.length === 1) return []
  const k = split(d.length)
  return m < k ? [...path(m, d.slice(0, k)), mth(d.slice(k))] : [...path(m - k, d.slice(k)), mth(d.slice(0, k))]
}

function subproof(m: number, d: Entries, b: boolean): Uint8Array[] {
  if (m === d.length) return b ? [] : [mth(d)]
  const k = split(d.length)
  return m <= k
    ? [...subproof(m, d.slice(0, k), b), mth(d.slice(k))]
    : [...subproof(m - k, d.slice(k), false), mth(d.slice(0, k))]
}

function proof(m: number, d: Entries): Uint8Array[] {
  return subproof(m, d, true)
}

function entries(count: number): Entries {
  return Array.from({ length: count }, (_, index) => Buffer.from(`entry ${index}`))
}

function treeOf(d: Entries): MerkleTree {
  const tree = new MerkleTree()
  for (const entry of d) tree.append(leafHash(entry))
  return tree
}

const largest = 300
const all = entries(largest)
const tree = treeOf(all)

/** A size and a smaller number: an index in the tree, or an older size less one. */
const places = fc.integer({ min: 1, max: largest }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)))

describe('the tree', () => {
  it('has at every size the root of the definition, while it grows and afterwards', () => {
    const growing = new MerkleTree()
    expect(growing.root()).toEqual(mth([]))
    for (const [index, entry] of entries(70).entries()) {
      expect(growing.append(leafHash(entry))).toBe(index)
      expect(growing.size).toBe(index + 1)
      expect(growing.root()).toEqual(mth(all.slice(0, index + 1)))
    }
    for (let size = 0; size <= 70; size += 1) expect(growing.rootAt(size)).toEqual(mth(all.slice(0, size)))
  })

  it('gives the inclusion paths of the definition, for its own size and every older one', () => {
    fc.assert(
      fc.property(places, ([size, index]) => {
        expect(tree.inclusionPath(index, size)).toEqual(path(index, all.slice(0, size)))
      }),
    )
    expect(tree.inclusionPath(17)).toEqual(path(17, all))
  })

  it('gives the consistency paths of the definition', () => {
    fc.assert(
      fc.property(places, ([to, before]) => {
        expect(tree.consistencyPath(before + 1, to)).toEqual(proof(before + 1, all.slice(0, to)))
      }),
    )
    expect(tree.consistencyPath(17)).toEqual(proof(17, all))
  })

  it('agrees with the definition at all small sizes, one by one', () => {
    for (let size = 1; size <= 33; size += 1) {
      const d = all.slice(0, size)
      for (let index = 0; index < size; index += 1) {
        expect(tree.inclusionPath(index, size)).toEqual(path(index, d))
        expect(tree.consistencyPath(index + 1, size)).toEqual(proof(index + 1, d))
      }
    }
  })

  it('has a root without entries and a leaf that others compute too', () => {
    expect(toHex(emptyRoot())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(toHex(leafHash(new Uint8Array()))).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d')
  })

  it('refuses sizes and indexes that it does not have: a bug of the caller', () => {
    expect(() => tree.rootAt(largest + 1)).toThrow('301 is not within the tree: 0 to 300')
    expect(() => tree.rootAt(-1)).toThrow('-1 is not within')
    expect(() => tree.rootAt(0.5)).toThrow('0.5 is not within')
    expect(() => tree.inclusionPath(5, 5)).toThrow('5 is not within the tree: 0 to 4')
    expect(() => tree.inclusionPath(0, largest + 1)).toThrow('301 is not within')
    expect(() => new MerkleTree().inclusionPath(0)).toThrow('0 is not within')
    expect(() => tree.consistencyPath(0, 5)).toThrow('-1 is not within')
    expect(() => tree.consistencyPath(6, 5)).toThrow('5 is not within the tree: 0 to 4')
    expect(() => tree.append(new Uint8Array(31))).toThrow('a leaf hash has 32 bytes, not 31')
    expect(() => new MerkleTree().append(new Uint8Array(40), 9)).toThrow('not 31')
    expect(() => {
      treeOf(entries(3)).appendSubtree(new Uint8Array(32))
    }).toThrow('does not begin at leaf 3')
    expect(() => new MemorySubtrees().read(0)).toThrow('no subtree 0')
  })
})

/** Counts what is read, and gives each reading the same buffer, as a file would. */
class CountingStore implements SubtreeStore {
  readonly kept = new MemorySubtrees()
  readonly #buffer = new Uint8Array(subtreeLength)
  reads = 0
  fails = false

  read(number: number): Uint8Array {
    this.reads += 1
    if (this.fails) throw new Error('the disk fails')
    this.#buffer.set(this.kept.read(number))
    return this.#buffer
  }

  keep(number: number, nodes: Uint8Array): void {
    this.kept.keep(number, nodes)
  }
}

describe('a tree of many subtrees', () => {
  const size = 256 * 9 + 77
  const leaves = entries(size)
  const store = new CountingStore()
  const large = new MerkleTree(store)
  for (const entry of leaves) large.append(leafHash(entry))
  const roots = new Map<string, Uint8Array>()

  // The definition again, remembering what it has hashed.
  function mthOf(start: number, count: number): Uint8Array {
    const key = `${start}+${count}`
    const known = roots.get(key)
    if (known !== undefined) return known
    const k = split(count)
    const root =
      count === 1 ? hash(0, leaves[start] ?? new Uint8Array()) : hash(1, mthOf(start, k), mthOf(start + k, count - k))
    roots.set(key, root)
    return root
  }

  function pathOf(m: number, start: number, count: number): Uint8Array[] {
    if (count === 1) return []
    const k = split(count)
    return m < k
      ? [...pathOf(m, start, k), mthOf(start + k, count - k)]
      : [...pathOf(m - k, start + k, count - k), mthOf(start, k)]
  }

  function proofOf(m: number, start: number, count: number, b: boolean): Uint8Array[] {
    if (m === count) return b ? [] : [mthOf(start, count)]
    const k = split(count)
    return m <= k
      ? [...proofOf(m, start, k, b), mthOf(start + k, count - k)]
      : [...proofOf(m - k, start + k, count - k, false), mthOf(start, k)]
  }

  function readsOf(run: () => void): number {
    const before = store.reads
    run()
    return store.reads - before
  }

  const someSize = fc.oneof(
    fc.integer({ min: 1, max: size }),
    fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -2, max: 2 })).map(([many, more]) => 256 * many + more),
  )

  it('has the roots of the definition, each with at most one reading', () => {
    fc.assert(
      fc.property(someSize, (at) => {
        expect(
          readsOf(() => {
            expect(large.rootAt(at)).toEqual(mthOf(0, at))
          }),
        ).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('gives consistency from every old size with at most one reading (rule 25)', () => {
    expect(large.root()).toEqual(mthOf(0, size))
    for (let from = 1; from <= size; from += 1) {
      const before = store.reads
      const found = large.consistencyPath(from)
      expect(store.reads - before).toBeLessThanOrEqual(1)
      expect(found).toEqual(proofOf(from, 0, size, true))
    }
  })

  it('gives the inclusion of the last 768 leaves without reading, and of every other with one', () => {
    for (let index = 0; index < size; index += index < size - 1_000 ? 7 : 1) {
      const before = store.reads
      const found = large.inclusionPath(index)
      expect(store.reads - before).toBeLessThanOrEqual(index >= size - 768 ? 0 : 1)
      expect(found).toEqual(pathOf(index, 0, size))
    }
  })

  it('gives the proofs of the definition between any two sizes', () => {
    fc.assert(
      fc.property(someSize, someSize, (one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)]
        expect(large.consistencyPath(from, to)).toEqual(proofOf(from, 0, to, true))
        expect(large.inclusionPath(from - 1, to)).toEqual(pathOf(from - 1, 0, to))
      }),
    )
  })

  it('goes on from the roots of its subtrees and the leaves behind them', () => {
    const again = new MerkleTree(store.kept)
    for (let number = 0; number < 9; number += 1) again.appendSubtree(store.kept.read(number).slice(-32))
    for (const entry of leaves.slice(9 * 256)) again.append(Buffer.concat([Buffer.alloc(5), leafHash(entry)]), 5)
    for (const from of [1, 255, 256, 257, 2_303, 2_304, 2_305, size]) {
      expect(again.consistencyPath(from)).toEqual(proofOf(from, 0, size, true))
      expect(again.rootAt(from)).toEqual(mthOf(0, from))
    }
  })

  it('has the nodes that a complete subtree can be filled with from its leaves', () => {
    const nodes = store.kept.read(3).slice()
    nodes.fill(0, 256 * 32)
    fillSubtree(nodes)
    expect(nodes).toEqual(store.kept.read(3))
  })

  it('hands out every node by its place', () => {
    for (const [height, number] of [
      [0, size - 1],
      [3, 5],
      [8, 8],
      [9, 3],
      [11, 0],
    ] as const) {
      const found: Uint8Array[] = []
      large.takeNode(height, number, (bytes, offset) => found.push(bytes.slice(offset, offset + 32)))
      expect(found).toEqual([mthOf(number * 2 ** height, 2 ** height)])
    }
    expect(() => {
      large.takeNode(8, 9, () => undefined)
    }).toThrow('2560 is not within')
  })

  it('keeps nothing of a reading that failed', () => {
    store.fails = true
    expect(() => large.rootAt(300)).toThrow('the disk fails')
    store.fails = false
    expect(large.rootAt(300)).toEqual(mthOf(0, 300))
  })
})
