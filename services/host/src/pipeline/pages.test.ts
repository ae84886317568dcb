import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bytesOf, Pages, type Piece } from './pages.ts'

const mebibyte = 1_048_576

it('what is kept stays as it was, and memory is counted as it is taken: by pages, not by what is left in them', () => {
  const pages = new Pages()
  const kept: Piece[] = []
  for (let number = 0; number < 4_000; number += 1) {
    const piece = pages.keep(Uint8Array.of(number & 0xff, number >> 8), new Uint8Array(4_094).fill(number & 0xff))
    if (number % 64 === 0) kept.push(piece)
    else pages.drop(piece)
  }
  expect(pages.held).toBeGreaterThan(15 * mebibyte)
  for (const [place, piece] of kept.entries()) {
    expect(bytesOf(piece).subarray(0, 2)).toEqual(Uint8Array.of((place * 64) & 0xff, (place * 64) >> 8))
  }
  for (const piece of kept) pages.drop(piece)
  expect(pages.held).toBe(0)
})

it('whatever comes and goes in whatever order, no more is held than pages in which something is', () => {
  const steps = fc.array(fc.tuple(fc.nat(300_000), fc.boolean(), fc.nat()), { maxLength: 40 })
  fc.assert(
    fc.property(steps, (all) => {
      const pages = new Pages()
      const kept: Piece[] = []
      for (const [length, isKept, which] of all) {
        if (isKept || kept.length === 0) kept.push(pages.keep(new Uint8Array(16), new Uint8Array(length)))
        else for (const piece of kept.splice(which % kept.length, 1)) pages.drop(piece)
        const live = kept.reduce((sum, piece) => sum + piece.length, 0)
        expect(pages.held).toBeGreaterThanOrEqual(live)
      }
      for (const piece of kept) pages.drop(piece)
      expect(pages.held).toBe(0)
    }),
  )
})
