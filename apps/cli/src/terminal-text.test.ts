import { describe, expect, it } from 'vitest'
import { columns, facts } from './columns.ts'
import { parseListenAddress } from './listen-address.ts'
import { printable } from './printable.ts'
import { barOf } from './progress-bar.ts'
import { viewText } from './inspect/view-text.ts'
import { viewOf } from './inspect/view.ts'

describe('printable', () => {
  it('takes from a text what would steer a terminal, and keeps letters and line ends', () => {
    expect(printable('a\u001b[2Jb\u0007\r\u009b\u202ec\nähm 漢')).toBe('a�[2Jb����c\nähm 漢')
  })
})

describe('columns', () => {
  it('stand two spaces apart, without spaces at the end of a line', () => {
    expect(
      columns([
        ['a', 'bb', ''],
        ['ccc', 'd', 'e'],
      ]),
    ).toBe('a    bb\nccc  d   e')
  })

  it('leave out what is not known', () => {
    expect(
      facts([
        ['one', 1],
        ['two', undefined],
      ]),
    ).toBe('one  1')
  })
})

describe('an address to listen on', () => {
  it.each([
    ['127.0.0.1:1688', { host: '127.0.0.1', port: 1688 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['localhost:65535', { host: 'localhost', port: 65_535 }],
  ])('is read from %s', (text, address) => {
    expect(parseListenAddress(text)).toEqual(address)
  })

  it.each(['', '1688', ':1688', '::1:1688', '127.0.0.1', '127.0.0.1:65536', '127.0.0.1:x', '[::1]', 'a b:1'])(
    'is not read from %j',
    (text) => {
      expect(() => parseListenAddress(text)).toThrow('like 127.0.0.1:1688')
    },
  )
})

describe('a progress bar', () => {
  it('is empty at the start, full at the end, and never longer', () => {
    const lengths = [barOf(0, 10), barOf(5, 10), barOf(10, 10), barOf(11, 10), barOf(0, 0)].map((bar) => bar.length)
    expect(new Set(lengths).size).toBe(1)
    expect(barOf(10, 10)).toContain('100 %')
    expect(barOf(0, 10)).toContain('  0 %')
  })
})

describe('a view of a document', () => {
  it('has times in UTC, IDs in hexadecimal digits or as UUIDs, and long bytes counted', () => {
    const view = viewOf({
      expires: 0,
      count: 0,
      product: new Uint8Array(16),
      logId: Uint8Array.of(1, 255),
      chain: [new Uint8Array(65)],
      thresholds: new Map([['desktop', 3]]),
      missing: undefined,
    })
    expect(view).toEqual({
      expires: '1970-01-01T00:00:00Z',
      count: 0,
      product: '00000000-0000-0000-0000-000000000000',
      logId: '01ff',
      chain: ['65 bytes'],
      thresholds: { desktop: 3 },
      missing: null,
    })
  })

  it('is written as indented lines', () => {
    expect(viewText({ activationMinutes: 120, features: [], none: {}, groups: [{ group: 1 }], empty: '' })).toBe(
      'activation minutes: 120\nfeatures: -\nnone: -\ngroups:\n  1:\n    group: 1\nempty: -',
    )
  })
})
