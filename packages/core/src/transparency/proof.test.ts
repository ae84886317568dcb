import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MerkleTree } from './merkle.ts'
import { leafHash, nodeHash } from './node-hash.ts'
import { rootFromInclusion, verifyConsistency } from './proof.ts'

const largest = 300
const all = Array.from({ length: largest }, (_, index) => Buffer.from(`entry ${index}`))
const tree = treeOf(all)

function treeOf(entries: readonly Uint8Array[]): MerkleTree {
  const grown = new MerkleTree()
  for (const entry of entries) grown.append(leafHash(entry))
  return grown
}

/** A size and a smaller number: an index in the tree, or an older size less one. */
const places = fc.integer({ min: 1, max: largest }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)))

/** Flips one bit of one hash. */
const flips = fc.tuple(fc.nat(), fc.nat(31), fc.nat(7))

function flip(hashes: readonly Uint8Array[], [which, byte, bit]: readonly [number, number, number]): Uint8Array[] {
  return hashes.map((value, at) =>
    at === which % hashes.length ? value.with(byte, (value[byte] ?? 0) ^ (1 << bit)) : value,
  )
}

describe('an inclusion proof', () => {
  it('leads to the root', () => {
    fc.assert(
      fc.property(places, ([size, index]) => {
        const leaf = leafHash(all[index] ?? new Uint8Array())
        const root = rootFromInclusion({ index, size, leaf, path: tree.inclusionPath(index, size) })
        expect(root).toEqual(tree.rootAt(size))
      }),
    )
  })

  it('leads elsewhere once any bit of the leaf or of the path is altered', () => {
    fc.assert(
      fc.property(places, flips, ([size, index], change) => {
        const [leaf = new Uint8Array(), ...altered] = flip(
          [leafHash(all[index] ?? new Uint8Array()), ...tree.inclusionPath(index, size)],
          change,
        )
        expect(rootFromInclusion({ index, size, leaf, path: altered })).not.toEqual(tree.rootAt(size))
      }),
    )
  })

  it('leads elsewhere for every other index', () => {
    fc.assert(
      fc.property(places, ([size, index]) => {
        const proven = { size, leaf: leafHash(all[index] ?? new Uint8Array()), path: tree.inclusionPath(index, size) }
        const others = Array.from({ length: size + 3 }, (_, other) => other).filter((other) => other !== index)
        const roots = others.map((other) => rootFromInclusion({ ...proven, index: other }))
        expect(roots).not.toContainEqual(tree.rootAt(size))
      }),
      { numRuns: 30 },
    )
  })

  it('is none when a hash is missing or too many, or is not 32 bytes', () => {
    fc.assert(
      fc.property(places, ([size, index]) => {
        const proven = { index, size, leaf: leafHash(all[index] ?? new Uint8Array()) }
        const right = tree.inclusionPath(index, size)
        expect(rootFromInclusion({ ...proven, path: [...right, proven.leaf] })).toBeUndefined()
        expect(rootFromInclusion({ ...proven, path: [...right, new Uint8Array(31)] })).toBeUndefined()
        if (right.length > 0) expect(rootFromInclusion({ ...proven, path: right.slice(1) })).toBeUndefined()
      }),
    )
    expect(rootFromInclusion({ index: 0, size: 1, leaf: new Uint8Array(33), path: [] })).toBeUndefined()
  })

  it.each([
    [-1, 1],
    [0, 0],
    [1, 1],
    [0.5, 2],
    [0, 1.5],
    [0, Number.NaN],
    [0, Number.POSITIVE_INFINITY],
    [0, 2 ** 53],
  ])('is none for index %d and size %d', (index, size) => {
    expect(rootFromInclusion({ index, size, leaf: new Uint8Array(32), path: [] })).toBeUndefined()
  })

  it('may lead to the same root for another size, which is why the size is signed (rule 21)', () => {
    const proven = { index: 0, leaf: leafHash(all[0] ?? new Uint8Array()), path: tree.inclusionPath(0, 3) }
    expect(rootFromInclusion({ ...proven, size: 3 })).toEqual(tree.rootAt(3))
    expect(rootFromInclusion({ ...proven, size: 4 })).toEqual(tree.rootAt(3))
  })

  it('may come from a tree of up to 2^53 − 1 leaves', () => {
    // In a tree of 2^k + 1 leaves the last one hangs right below the root, however large k is.
    const leaf = leafHash(Buffer.from('last'))
    const left = leafHash(Buffer.from('the rest'))
    for (const size of [2 ** 31 + 1, 2 ** 32 + 1, 2 ** 52 + 1]) {
      expect(rootFromInclusion({ index: size - 1, size, leaf, path: [left] })).toEqual(nodeHash(left, leaf))
      const first = rootFromInclusion({
        index: 0,
        size,
        leaf,
        path: Array.from({ length: Math.log2(size - 1) + 1 }, () => left),
      })
      expect(first).toBeInstanceOf(Uint8Array)
    }
    const size = 2 ** 53 - 1
    expect(rootFromInclusion({ index: 0, size, leaf, path: Array.from({ length: 53 }, () => left) })).toBeDefined()
    expect(rootFromInclusion({ index: 0, size, leaf, path: Array.from({ length: 52 }, () => left) })).toBeUndefined()
  })
})

describe('a consistency proof', () => {
  const fork = treeOf(all.with(0, Buffer.from('another first entry')))

  it('holds between any two sizes of one tree', () => {
    fc.assert(
      fc.property(places, ([to, before]) => {
        const from = before + 1
        const roots = { fromRoot: tree.rootAt(from), toRoot: tree.rootAt(to) }
        expect(verifyConsistency({ from, to, ...roots, path: tree.consistencyPath(from, to) })).toBe(true)
      }),
    )
  })

  it('fails once any bit of a root or of the path is altered', () => {
    fc.assert(
      fc.property(places, flips, ([to, before], change) => {
        const from = before + 1
        const [fromRoot = new Uint8Array(), toRoot = new Uint8Array(), ...altered] = flip(
          [tree.rootAt(from), tree.rootAt(to), ...tree.consistencyPath(from, to)],
          change,
        )
        expect(verifyConsistency({ from, to, fromRoot, toRoot, path: altered })).toBe(false)
      }),
    )
  })

  it('fails for every other older size with its own root, and for a hash missing or too many', () => {
    fc.assert(
      fc.property(places, fc.nat(largest - 1), ([to, before], other) => {
        const from = before + 1
        const right = tree.consistencyPath(from, to)
        const roots = { fromRoot: tree.rootAt(from), toRoot: tree.rootAt(to) }
        fc.pre(other + 1 !== from)
        const elsewhere = { from: other + 1, fromRoot: tree.rootAt(other + 1), to, toRoot: roots.toRoot }
        expect(verifyConsistency({ ...elsewhere, path: right })).toBe(false)
        expect(verifyConsistency({ from, to, ...roots, path: [...right, roots.toRoot] })).toBe(false)
        if (from < to) expect(verifyConsistency({ from, to, ...roots, path: right.slice(0, -1) })).toBe(false)
      }),
    )
  })

  it('is not to be had between two branches of a fork, with the path of either (rule 28)', () => {
    fc.assert(
      fc.property(places, ([to, before]) => {
        const from = before + 1
        const roots = { fromRoot: tree.rootAt(from), toRoot: fork.rootAt(to) }
        expect(verifyConsistency({ from, to, ...roots, path: tree.consistencyPath(from, to) })).toBe(false)
        expect(verifyConsistency({ from, to, ...roots, path: fork.consistencyPath(from, to) })).toBe(false)
      }),
    )
  })

  it('of the same size compares the roots and takes no path (rule 22)', () => {
    const same = { from: 5, to: 5, fromRoot: tree.rootAt(5), toRoot: tree.rootAt(5) }
    expect(verifyConsistency({ ...same, path: [] })).toBe(true)
    expect(verifyConsistency({ ...same, path: [tree.rootAt(5)] })).toBe(false)
    expect(verifyConsistency({ ...same, toRoot: fork.rootAt(5), path: [] })).toBe(false)
  })

  it('is not to be had from a larger tree to a smaller one, from none, or with roots that are no hashes', () => {
    const roots = { fromRoot: tree.rootAt(3), toRoot: tree.rootAt(3) }
    const right = tree.consistencyPath(3, 5)
    for (const [from, to] of [
      [5, 3],
      [0, 3],
      [0, 0],
      [-1, 3],
      [1.5, 3],
      [3, 2 ** 53],
      [3, Number.NaN],
    ] as const) {
      expect(verifyConsistency({ from, to, ...roots, path: right })).toBe(false)
    }
    expect(verifyConsistency({ from: 3, to: 3, fromRoot: new Uint8Array(), toRoot: new Uint8Array(), path: [] })).toBe(
      false,
    )
    expect(verifyConsistency({ from: 3, to: 5, ...roots, path: [new Uint8Array(1), ...right.slice(1)] })).toBe(false)
    expect(verifyConsistency({ from: 3, to: 5, ...roots, path: [] })).toBe(false)
  })

  it('reaches to trees of 2^53 − 1 leaves', () => {
    const fromRoot = leafHash(Buffer.from('old'))
    const added = leafHash(Buffer.from('added'))
    for (const from of [2 ** 31, 2 ** 32, 2 ** 52]) {
      const grown = { from, to: from + 1, fromRoot, toRoot: nodeHash(fromRoot, added) }
      expect(verifyConsistency({ ...grown, path: [added] })).toBe(true)
      expect(verifyConsistency({ ...grown, to: from + 2 ** 31 + 1, path: [] })).toBe(false)
    }
  })
})
