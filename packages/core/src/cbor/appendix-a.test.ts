import { describe, expect, it } from 'vitest'
import { fromHex, toHex, utf8 } from '../bytes.ts'
import { decodeCbor } from './decode.ts'
import { encodeCbor } from './encode.ts'
import type { CborValue } from './value.ts'

const oneTo25 = Array.from({ length: 25 }, (_, index) => index + 1)
const letters = new Map(Array.from('abcde', (letter) => [letter, letter.toUpperCase()]))

/** The examples of RFC 8949 appendix A that our subset can say. */
const ours: readonly (readonly [string, CborValue])[] = [
  ['00', 0],
  ['01', 1],
  ['0a', 10],
  ['17', 23],
  ['1818', 24],
  ['1819', 25],
  ['1864', 100],
  ['1903e8', 1000],
  ['1a000f4240', 1_000_000],
  ['1b000000e8d4a51000', 1_000_000_000_000],
  ['c249010000000000000000', { tag: 2, value: fromHex('010000000000000000') }],
  ['c349010000000000000000', { tag: 3, value: fromHex('010000000000000000') }],
  ['20', -1],
  ['29', -10],
  ['3863', -100],
  ['3903e7', -1000],
  ['f4', false],
  ['f5', true],
  ['f6', null],
  ['c074323031332d30332d32315432303a30343a30305a', { tag: 0, value: '2013-03-21T20:04:00Z' }],
  ['c11a514b67b0', { tag: 1, value: 1_363_896_240 }],
  ['d74401020304', { tag: 23, value: fromHex('01020304') }],
  ['d818456449455446', { tag: 24, value: utf8('dIETF') }],
  ['d82076687474703a2f2f7777772e6578616d706c652e636f6d', { tag: 32, value: 'http://www.example.com' }],
  ['40', new Uint8Array()],
  ['4401020304', fromHex('01020304')],
  ['60', ''],
  ['6161', 'a'],
  ['6449455446', 'IETF'],
  ['62225c', '"\\'],
  ['62c3bc', 'ü'],
  ['63e6b0b4', '水'],
  ['64f0908591', '\u{10151}'],
  ['80', []],
  ['83010203', [1, 2, 3]],
  ['8301820203820405', [1, [2, 3], [4, 5]]],
  ['98190102030405060708090a0b0c0d0e0f101112131415161718181819', oneTo25],
  ['a0', new Map()],
  ['a201020304', new Map([[1, 2], [3, 4]])], // prettier-ignore
  ['a26161016162820203', new Map<string, CborValue>([['a', 1], ['b', [2, 3]]])], // prettier-ignore
  ['826161a161626163', ['a', new Map([['b', 'c']])]],
  ['a56161614161626142616361436164614461656145', letters],
]

/** Those it cannot say, and refuses: beyond 2^53, floats, other simple values, indefinite lengths. */
const refused = `1bffffffffffffffff 3bffffffffffffffff f90000 f98000 f93c00 fb3ff199999999999a f93e00 f97bff fa47c35000
  fa7f7fffff fb7e37e43c8800759c f90001 f90400 f9c400 fbc010666666666666 f97c00 f97e00 f9fc00 fa7f800000 fa7fc00000
  faff800000 fb7ff0000000000000 fb7ff8000000000000 fbfff0000000000000 f7 f0 f818 f8ff c1fb41d452d9ec200000
  5f42010243030405ff 7f657374726561646d696e67ff 9fff 9f018202039f0405ffff 9f01820203820405ff 83018202039f0405ff
  83019f0203ff820405 9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff bf61610161629f0203ffff
  826161bf61626163ff bf6346756ef563416d7421ff`.split(/\s+/)

describe('the examples of RFC 8949 appendix A', () => {
  it.each(ours)('%s is read and written', (hex, value) => {
    expect(decodeCbor(fromHex(hex))).toEqual(value)
    expect(toHex(encodeCbor(value))).toBe(hex)
  })

  it.each(refused)('%s is refused, because our subset has no such thing', (hex) => {
    expect(() => decodeCbor(fromHex(hex))).toThrow(expect.objectContaining({ code: 'MALFORMED' }))
  })

  it('are all here', () => {
    expect(ours.length + refused.length).toBe(82)
  })
})
