import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cutText } from './cut-text.ts'

it('leaves a text that fits as it is', () => {
  expect(cutText('münchen-07', 10)).toBe('münchen-07')
})

it('never leaves half a character, whatever the text and wherever it is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff)), fc.nat(20), (units, length) => {
      const text = String.fromCharCode(...units)
      const cut = cutText(text, length)
      expect(cut.length).toBeLessThanOrEqual(length)
      expect(cut.isWellFormed()).toBe(true)
    }),
  )
  expect(cutText('a😀', 2)).toBe('a\ufffd')
  expect(cutText('\ud800', 5)).toBe('\ufffd')
})
