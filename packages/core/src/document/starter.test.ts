import { describe, expect, it } from 'vitest'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { expectArray, expectMap } from '../cbor/expect.ts'
import type { CborValue } from '../cbor/value.ts'
import { bitFlips, codeOf, looseForms, truncations, withField, wrongTypes } from './decoder-laws.fixture.ts'
import { encodeStarter, parseStarter } from './starter.ts'
import type { Starter } from './starter.ts'

const starter: Starter = {
  pack: new Uint8Array(40).fill(1),
  roots: [new Uint8Array(30).fill(2)],
  authority: 'https://authority.example:8443',
  contacts: { email: 'help@vendor.example', phone: '+1 202 555 0100', url: 'https://vendor.example/help' },
  token: new Uint8Array(16).fill(3),
  entitlement: new Uint8Array(20).fill(4),
}
const bytes = encodeStarter(starter)
const [mark, version, content] = expectArray(decodeCbor(bytes), 'starter')
const map = expectMap(content ?? null, 'content')
const file = (value: CborValue): Uint8Array => encodeCbor(['volact-starter', 1, value])

describe('a starter file', () => {
  it('comes back as it was written, with and without what is optional (rule 48)', () => {
    const { pack, roots, authority, contacts } = starter
    const needed = { pack, roots, authority, contacts }
    for (const one of [starter, needed, { ...needed, contacts: {} }]) {
      expect(parseStarter(encodeStarter(one))).toEqual(one)
    }
    expect([mark, version]).toEqual(['volact-starter', 1])
  })

  it('may hold unknown keys below 0, no unknown key from 0, and no other version', () => {
    expect(parseStarter(file(withField(map, -1, 'later')))).toEqual(starter)
    expect(codeOf(() => parseStarter(file(withField(map, 7, 'later'))))).toBe('UNKNOWN_CRITICAL')
    expect(codeOf(() => parseStarter(file(withField(map, 4, new Map([[4, 'fax']])))))).toBe('UNKNOWN_CRITICAL')
    expect(codeOf(() => parseStarter(encodeCbor(['volact-starter', 2, map])))).toBe('UNSUPPORTED_VERSION')
    expect(codeOf(() => parseStarter(encodeCbor(['volact-starter', 2])))).toBe('UNSUPPORTED_VERSION')
  })

  it.each([
    [2, []],
    [2, Array.from({ length: 6 }, () => new Uint8Array(1))],
    [3, 'http://authority.example'],
    [3, 'https://'],
    [3, 'https://authority.example/ x'],
    [3, `https://${'x'.repeat(300)}`],
    [4, new Map([[1, 'x'.repeat(300)]])],
    [5, new Uint8Array(15)],
    [5, new Uint8Array(65)],
  ])('with %s: %o is refused', (key, value) => {
    expect(codeOf(() => parseStarter(file(withField(map, key, value))))).toBe('MALFORMED')
  })

  it('is refused with wrong types, cut short, loosely encoded, or as another file', () => {
    const typed = wrongTypes(map)
      .filter((candidate) => candidate.size === map.size)
      .map(file)
    const others = [
      ['volact-lease', 1, map],
      ['volact-starter', 1],
      ['volact-starter', 1, map, 0],
      ['volact-starter', '1', map],
      [],
      map,
    ]
    for (const bad of [
      ...typed,
      ...truncations(bytes),
      ...looseForms(bytes),
      ...others.map((value) => encodeCbor(value)),
    ]) {
      expect(codeOf(() => parseStarter(bad))).toBe('MALFORMED')
    }
  })

  it('gives a value or one coded error for every single bit that is turned over', () => {
    for (const flipped of bitFlips(bytes)) codeOf(() => parseStarter(flipped))
  })
})
