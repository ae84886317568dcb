import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCbor } from '../cbor/encode.ts'
import { bitFlips, codeOf, looseForms, truncations } from '../document/decoder-laws.fixture.ts'
import { messageFileLimit } from './limits.ts'
import { encodeMessageFile, parseMessageFile } from './message-file.ts'

const two = [new Uint8Array(5).fill(1), new Uint8Array(3).fill(2)]

describe('a message file', () => {
  it('gives back the messages that were put in, one or a bundle', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array(), { minLength: 1, maxLength: 20 }), (messages) => {
        expect(parseMessageFile(encodeMessageFile(messages))).toEqual(messages)
      }),
    )
  })

  it('holds at least one message and at most ten thousand', () => {
    const many = Array.from({ length: messageFileLimit + 1 }, () => new Uint8Array())
    expect(parseMessageFile(encodeMessageFile(many.slice(1)))).toHaveLength(messageFileLimit)
    expect(() => encodeMessageFile(many)).toThrow('messages in a file')
    expect(() => encodeMessageFile([])).toThrow('messages in a file')
    expect(codeOf(() => parseMessageFile(encodeCbor(['volact-messages', 1, many])))).toBe('TOO_LARGE')
    expect(codeOf(() => parseMessageFile(encodeCbor(['volact-messages', 1, []])))).toBe('MALFORMED')
  })

  it('of an unknown version is refused as such', () => {
    expect(codeOf(() => parseMessageFile(encodeCbor(['volact-messages', 2, two, 'more'])))).toBe('UNSUPPORTED_VERSION')
  })

  it('is refused with wrong types, cut short, loosely encoded, or as another file', () => {
    const bytes = encodeMessageFile(two)
    const others = [
      ['volact-starter', 1, two],
      ['volact-messages', 1, two, 0],
      ['volact-messages', 1, ['x']],
      ['volact-messages', 1, 'x'],
      'x',
    ]
    for (const bad of [...truncations(bytes), ...looseForms(bytes), ...others.map((value) => encodeCbor(value))]) {
      expect(codeOf(() => parseMessageFile(bad))).toBe('MALFORMED')
    }
  })

  it('gives messages or one coded error for every single bit that is turned over', () => {
    for (const flipped of bitFlips(encodeMessageFile(two))) codeOf(() => parseMessageFile(flipped))
  })
})
