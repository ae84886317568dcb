import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex } from '../bytes.ts'
import { MerkleTree } from './merkle.ts'
import { emptyRoot, leafHash } from './node-hash.ts'

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
  })
})
