import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex } from '../bytes.ts'
import { compareVectors, type Vector, vectorComponents, vectorOf } from './vector.ts'

const parts = ['disk1', 'bios 1.2', 'cpu', 'ide', undefined, '52:54:00:12:34:56', 'hda', '32 GiB', 'vga', 'None']
const vector = vectorOf('example', parts)
const physical = { virtual: false }
const virtual = { virtual: true }

const component = fc.option(fc.constantFrom('A1', 'B2', 'None'), { nil: undefined })
const vectors = fc
  .array(component, { minLength: 10, maxLength: 10 })
  .map((components) => vectorOf('example', components))

function changed(...positions: readonly number[]): Vector {
  return vectorOf(
    'example',
    parts.map((part, position) => (positions.includes(position) ? 'another' : part)),
  )
}

describe('the vector', () => {
  it('is ten digests of 8 bytes, null for what is absent: this is golden (rule 34)', () => {
    expect(vector.map((digest) => digest && toHex(digest))).toMatchInlineSnapshot(`
      [
        "1dd1c71690960e15",
        "762f75b77c1d6219",
        "c4c12f6d2c8d1ef6",
        "0bea97672840f628",
        null,
        "2c0e2d0fb63577c3",
        "27920f7bd3142fc5",
        "0784d4be418b6574",
        "631a712684283507",
        null,
      ]
    `)
  })

  it('tells neither across vendors nor across positions that a component is the same', () => {
    const same = vectorOf(
      'example',
      Array.from({ length: 10 }, () => 'same'),
    )
    const other = vectorOf(
      'other',
      Array.from({ length: 10 }, () => 'same'),
    )
    expect(new Set([...same, ...other].map((digest) => toHex(digest ?? new Uint8Array()))).size).toBe(20)
  })

  it('has ten components: another number is a bug of the caller', () => {
    expect(() => vectorOf('example', ['disk'])).toThrow('a vector has 10 components, not 1')
    expect(() => compareVectors(vector, [], physical)).toThrow('not 0')
    expect(() => compareVectors([], vector, physical)).toThrow('not 0')
  })

  it('weighs 11 9 3 3 2 2 2 1 1 1 in the order of the reference, 35 together', () => {
    expect(vectorComponents.map(({ weight }) => weight)).toEqual([11, 9, 3, 3, 2, 2, 2, 1, 1, 1])
    expect(vectorComponents.reduce((sum, { weight }) => sum + weight, 0)).toBe(35)
  })
})

describe('the distance between two vectors', () => {
  it('is the weight of what differs', () => {
    for (const [position, { weight }] of vectorComponents.entries()) {
      expect(compareVectors(vector, changed(position), physical).distance).toBe(weight)
    }
    expect(compareVectors(vector, changed(0, 1, 3), physical).distance).toBe(23)
  })

  it('reaches another machine at 25: 24 is within tolerance', () => {
    expect(compareVectors(vector, changed(0, 1, 3, 7), physical)).toEqual({ distance: 24, withinTolerance: true })
    expect(compareVectors(vector, changed(0, 1, 3, 4), physical)).toEqual({ distance: 25, withinTolerance: false })
  })

  it('is nothing for what is absent on both sides, and counts what has come or gone', () => {
    const empty = vectorOf(
      'example',
      parts.map(() => undefined),
    )
    expect(compareVectors(empty, empty, physical)).toEqual({ distance: 0, withinTolerance: true })
    expect(compareVectors(vector, empty, physical).distance).toBe(32)
    expect(compareVectors(empty, vector, physical).distance).toBe(32)
  })

  it('is zero to itself, the same both ways, and never longer by a detour', () => {
    fc.assert(
      fc.property(vectors, vectors, vectors, fc.boolean(), (a, b, c, isVirtual) => {
        const distance = (from: Vector, to: Vector) => compareVectors(from, to, { virtual: isVirtual }).distance
        expect(distance(a, a)).toBe(0)
        expect(distance(a, b)).toBe(distance(b, a))
        expect(distance(a, c)).toBeLessThanOrEqual(distance(a, b) + distance(b, c))
      }),
    )
  })

  it('of a virtual machine moved to other processors, board and network card is nothing (rule 36)', () => {
    expect(compareVectors(vector, changed(1, 2, 5), virtual)).toEqual({ distance: 0, withinTolerance: true })
    expect(compareVectors(vector, changed(0, 3), virtual).distance).toBe(14)
  })

  it('of a virtual machine ends at 21, so that its vector alone never makes it another: its anchor does', () => {
    const all = changed(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
    expect(compareVectors(vector, all, physical)).toEqual({ distance: 35, withinTolerance: false })
    expect(compareVectors(vector, all, virtual)).toEqual({ distance: 21, withinTolerance: true })
  })
})
