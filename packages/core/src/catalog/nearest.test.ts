import { describe, expect, it } from 'vitest'
import { didYouMean, nearest } from './nearest.ts'

describe('nearest', () => {
  it.each([
    ['treshold', 'threshold'],
    ['Threshold', 'threshold'],
    ['thresholds', 'threshold'],
    ['windwo', 'window'],
    ['includ', 'includes'],
    ['id', 'id'],
  ])('takes %s for %s', (word, meant) => {
    expect(nearest(word, ['id', 'name', 'threshold', 'window', 'includes'])).toBe(meant)
  })

  it('takes nothing for a word that is like none', () => {
    expect(nearest('price', ['id', 'name', 'threshold'])).toBeUndefined()
    expect(nearest('', ['threshold'])).toBeUndefined()
  })

  it('prefers the nearer of two', () => {
    expect(nearest('server-c', ['server-a1', 'server-c1', 'server-b1'])).toBe('server-c1')
  })
})

describe('nearest, of a list that somebody else has written', () => {
  it('compares a word with a bounded number of candidates, and leaves off as soon as one is too far', () => {
    const long = Array.from({ length: 1_024 }, (_, index) => `${'abcdefgh'.repeat(7)}${String(index).padStart(6, '0')}`)
    expect(nearest(`${long[255]}x`, long)).toBe(long[255])
    expect(nearest('zyxw'.repeat(15), long)).toBeUndefined()
    expect(nearest(String(long[300]), long)).not.toBe(long[300])
  })
})

describe('didYouMean', () => {
  it('lists at most twelve candidates, and looks at no more of a word than a key can have', () => {
    const many = Array.from({ length: 13 }, (_, index) => `group-number-${index}`)
    expect(didYouMean('x'.repeat(1_000_000), many)).toBe(`known are ${many.slice(0, 12).join(', ')} …`)
    expect(didYouMean('x', [])).toBe('none is defined')
  })
})
