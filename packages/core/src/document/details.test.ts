import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, fromHex, toHex } from '../bytes.ts'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { expectMap } from '../cbor/expect.ts'
import { sha256 } from '../crypto.ts'
import { bitFlips, codeOf, looseForms, truncations, withField, wrongTypes } from './decoder-laws.fixture.ts'
import { detailsDigest, detailsLimits, encodeDetails, parseDetails } from './details.ts'
import type { Details } from './details.ts'

const vector = [...Array.from({ length: 9 }, (_, index) => new Uint8Array(8).fill(index)), null]
const full: Details = {
  name: 'desk-07',
  addresses: ['192.0.2.7', '2001:db8::7'],
  vector,
  version: '1.2.3',
  system: 'Debian 12',
}
const map = expectMap(decodeCbor(encodeDetails(full)), 'details')

describe('details', () => {
  it('come back as they were written, and every field may be left out', () => {
    fc.assert(
      fc.property(fc.subarray(Object.keys(full) as (keyof Details)[]), (names) => {
        const some: Details = Object.fromEntries(names.map((name) => [name, full[name]]))
        expect(parseDetails(encodeDetails(some))).toEqual(some)
      }),
    )
    expect(toHex(encodeDetails({}))).toBe('a0')
  })

  it('are written whatever the operating system says: long texts are cut, surplus addresses left out', () => {
    const long = 'x'.repeat(1_000)
    const addresses = Array.from({ length: 40 }, () => long)
    const details = parseDetails(encodeDetails({ name: long, addresses, version: long, system: '\ud800' }))
    expect(details.name).toHaveLength(detailsLimits.name)
    expect(details.addresses).toEqual(Array.from({ length: 16 }, () => 'x'.repeat(detailsLimits.address)))
    expect(details.version).toHaveLength(detailsLimits.version)
    expect(details.system).toBe('\ufffd')
  })

  it('are refused beyond their limits', () => {
    const tooLong = encodeCbor(new Map([[1, 'x'.repeat(256)]]))
    const tooMany = encodeCbor(new Map([[2, Array.from({ length: 17 }, () => '::1')]]))
    expect([tooLong, tooMany].map((bytes) => codeOf(() => parseDetails(bytes)))).toEqual(['MALFORMED', 'MALFORMED'])
  })

  it('may hold unknown keys below 0, and no unknown key from 0', () => {
    expect(parseDetails(encodeCbor(withField(map, -1, 'later')))).toEqual(full)
    expect(codeOf(() => parseDetails(encodeCbor(withField(map, 6, 'later'))))).toBe('UNKNOWN_CRITICAL')
    expect(codeOf(() => parseDetails(encodeCbor(withField(map, 'name', 'x'))))).toBe('UNKNOWN_CRITICAL')
  })

  it('are refused when cut short, loosely encoded or of wrong types', () => {
    const bytes = encodeDetails(full)
    const typed = wrongTypes(map).filter((candidate) => candidate.size === map.size)
    for (const bad of [...truncations(bytes), ...looseForms(bytes), ...typed.map(encodeCbor)]) {
      expect(codeOf(() => parseDetails(bad))).toBe('MALFORMED')
    }
  })

  it('give a value or one coded error for every single bit that is turned over', () => {
    for (const flipped of bitFlips(encodeDetails(full))) codeOf(() => parseDetails(flipped))
  })
})

it('binds details to a request by a salted digest, which stays checkable after they are erased (rules 13, 31)', () => {
  const salt = fromHex('000102030405060708090a0b0c0d0e0f')
  const bytes = encodeDetails(full)
  expect(detailsDigest(salt, bytes)).toEqual(sha256(concat(salt, bytes)))
  expect(detailsDigest(new Uint8Array(16), bytes)).not.toEqual(detailsDigest(salt, bytes))
})
