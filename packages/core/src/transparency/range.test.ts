import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MerkleTree } from './merkle.ts'
import { leafHash } from './node-hash.ts'
import { coverRange, RangeRoot } from './range.ts'

const leaves = Array.from({ length: 300 }, (_, index) => leafHash(Buffer.from(`entry ${index}`)))
const tree = new MerkleTree()
for (const leaf of leaves) tree.append(leaf)

/** 0 ≤ from ≤ to ≤ size. */
const ranges = fc
  .tuple(fc.nat(300), fc.nat(300), fc.nat(300))
  .map((three) => three.toSorted((a, b) => a - b) as [number, number, number])

function node(height: number, number: number): Uint8Array {
  const found: Uint8Array[] = []
  tree.takeNode(height, number, (bytes, offset) => found.push(bytes.slice(offset, offset + 32)))
  return found[0] ?? new Uint8Array()
}

describe('the subtrees beside a range', () => {
  it('lead with the leaves of the range to the root of the whole tree', () => {
    fc.assert(
      fc.property(ranges, ([from, to, size]) => {
        const range = new RangeRoot()
        for (const { height, number } of coverRange(0, from)) range.add(height, node(height, number))
        expect(range.size).toBe(from)
        for (const leaf of leaves.slice(from, to)) range.add(0, leaf)
        for (const { height, number } of coverRange(to, size)) range.add(height, node(height, number))
        expect(range.size).toBe(size)
        expect(range.root()).toEqual(size === 0 ? undefined : tree.rootAt(size))
      }),
    )
  })

  it('are no more than twice as many as the tree has levels', () => {
    for (let from = 0; from <= 300; from += 7) expect(coverRange(from, 300).length).toBeLessThanOrEqual(18)
  })

  it('are none that begin where they cannot', () => {
    const range = new RangeRoot()
    range.add(0, leaves[0] ?? new Uint8Array())
    expect(() => {
      range.add(1, node(1, 0))
    }).toThrow('no subtree of height 1 begins at leaf 1')
  })
})
