import { describe, expect, it } from 'vitest'
import { codeOf } from './decoder-laws.fixture.ts'
import { encodeFlags, parseFlags } from './flags.ts'

describe('flags', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])('%i is read and written the same', (number) => {
    expect(encodeFlags(parseFlags(number, 'test'))).toBe(number)
  })

  it('mean 1 weak, 2 virtual, 4 ephemeral (protocol.md §6.1)', () => {
    expect(parseFlags(1, 'test')).toEqual({ weak: true, virtual: false, ephemeral: false })
    expect(parseFlags(2, 'test')).toEqual({ weak: false, virtual: true, ephemeral: false })
    expect(parseFlags(4, 'test')).toEqual({ weak: false, virtual: false, ephemeral: true })
  })

  it.each([-1, 8, 9, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER])(
    '%i has a bit that nobody here understands',
    (number) => {
      expect(codeOf(() => parseFlags(number, 'test'))).toBe('UNKNOWN_CRITICAL')
    },
  )
})
