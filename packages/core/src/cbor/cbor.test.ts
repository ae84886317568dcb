import { Tag, cdeDecodeOptions, cdeEncodeOptions, decode, encode } from 'cbor2'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex, utf8 } from '../bytes.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { attempt } from '../errors/attempt.ts'
import { decodeCbor, defaultCborLimits } from './decode.ts'
import { encodeCbor } from './encode.ts'
import { isCborArray, isCborMap, isCborTagged } from './value.ts'
import type { CborKey, CborValue } from './value.ts'

const integers = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -300, max: 300 }), fc.integer())
const texts = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 40 }))
const tagNumbers = fc.oneof(fc.nat(30), fc.maxSafeNat())

const { value: values } = fc.letrec<{ value: CborValue; key: CborKey }>((tie) => ({
  key: fc.oneof(integers, texts),
  value: fc.oneof(
    { maxDepth: 5 },
    integers,
    texts,
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(tie('key'), tie('value')), { maxLength: 5 }).map((entries) => new Map(entries)),
    fc.record({ tag: tagNumbers, value: tie('value') }),
  ),
}))

/** The same value as cbor2 has it. */
function foreign(value: CborValue): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (isCborArray(value)) return value.map(foreign)
  if (isCborMap(value)) return new Map(Array.from(value, ([key, item]) => [key, foreign(item)]))
  return new Tag(value.tag, foreign(value.value))
}

const oracle = { ...cdeDecodeOptions, preferMap: true, ignoreGlobalTags: true, rejectDuplicateKeys: true } as const

/** Small damage to a valid document, which finds more than random bytes do. */
const damaged = fc
  .tuple(values, fc.nat(), fc.nat(255), fc.constantFrom('set', 'cut', 'insert', 'none'))
  .map(([value, position, byte, how]) => {
    const bytes = Array.from(encodeCbor(value))
    const at = position % (bytes.length + 1)
    if (how === 'set') bytes[Math.min(at, bytes.length - 1)] = byte
    if (how === 'cut') bytes.splice(at, 1)
    if (how === 'insert') bytes.splice(at, 0, byte)
    return Uint8Array.from(bytes)
  })

const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 64 }), damaged)

describe('CBOR', () => {
  it('gives every value back, and writes it as cbor2 does', () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encodeCbor(value)
        expect(decodeCbor(bytes)).toEqual(value)
        expect(toHex(bytes)).toBe(toHex(encode(foreign(value), cdeEncodeOptions)))
      }),
    )
  })

  it('gives for any bytes a value that is written as the same bytes, or one error that says where', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const result = attempt(() => decodeCbor(bytes))
        if (result instanceof ActivationError) {
          expect(result).toMatchObject({ code: 'MALFORMED' })
          expect(result.data).toEqual({ offset: expect.any(Number) as number })
        } else {
          expect(encodeCbor(result)).toEqual(bytes)
        }
      }),
      { numRuns: 5_000 },
    )
  })

  it('never reads what cbor2 refuses, and reads the same where both do', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const result = attempt(() => decodeCbor(bytes))
        if (!(result instanceof ActivationError)) expect(decode(bytes, oracle)).toEqual(foreign(result))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('decodeCbor', () => {
  it.each([
    ['nothing', ''],
    ['bytes after the value', '0000'],
    ['a head cut short', '19'],
    ['a head of two bytes cut short', '1901'],
    ['a head of eight bytes cut short', '1b00000000'],
    ['a byte string cut short', '4200'],
    ['a byte string of terabytes', '5b0000ffffffffffff00'],
    ['an array cut short', '8201'],
    ['a map cut short', 'a101'],
    ['a tag of nothing', 'c0'],
    ['a number not in its shortest form (1 byte)', '1817'],
    ['a number not in its shortest form (2 bytes)', '1900ff'],
    ['a number not in its shortest form (4 bytes)', '1a0000ffff'],
    ['a number not in its shortest form (8 bytes)', '1b00000000ffffffff'],
    ['a length not in its shortest form', '580100'],
    ['a reserved length', '1c'],
    ['a reserved length of eight bytes', '1e'],
    ['a number of 2^53', '1b0020000000000000'],
    ['a number of −2^53', '3b001fffffffffffff'],
    ['a text that is not UTF-8', '61ff'],
    ['a long text that is not UTF-8', `7821${'61'.repeat(32)}ff`],
    ['half a surrogate pair', '63eda080'],
    ['keys out of order', 'a202000100'],
    ['a key twice', 'a201000100'],
    ['a text key twice', 'a2616100616100'],
    ['a longer key before a shorter one', 'a262616100616200'],
    ['a negative key before a positive one', 'a220000000'],
    ['a key of bytes', 'a14000'],
    ['a key of null', 'a1f600'],
    ['a key of an array', 'a18000'],
    ['undefined', 'f7'],
    ['a break', 'ff'],
  ])('refuses %s', (_, hex) => {
    expect(() => decodeCbor(fromHex(hex))).toThrow(expect.objectContaining({ code: 'MALFORMED' }))
  })

  it('says where the bytes are wrong', () => {
    expect(() => decodeCbor(fromHex('8301021900ff'))).toThrow(/shortest form, at byte 3$/)
    expect(() => decodeCbor(fromHex('a202000100'))).toThrow(/unsorted or double, at byte 3$/)
  })

  it('reads ±(2^53 − 1)', () => {
    expect(decodeCbor(fromHex('1b001fffffffffffff'))).toBe(Number.MAX_SAFE_INTEGER)
    expect(decodeCbor(fromHex('3b001ffffffffffffe'))).toBe(Number.MIN_SAFE_INTEGER)
  })

  it('sorts keys by their encoding: numbers, negative numbers, short texts, long texts', () => {
    const map = new Map<CborKey, CborValue>([['aa', 0], ['b', 0], [-1, 0], [1000, 0], [24, 0], [-300, 0], [3, 0]]) // prettier-ignore
    expect(toHex(encodeCbor(map))).toBe('a703001818001903e800200039012b0061620062616100')
    expect(Array.from((decodeCbor(encodeCbor(map)) as Map<CborKey, CborValue>).keys())).toEqual([
      3,
      24,
      1000,
      -1,
      -300,
      'b',
      'aa',
    ])
  })

  it.each(['81', 'c1'])('takes sixteen levels of %s, and refuses seventeen', (hex) => {
    expect(() => decodeCbor(fromHex(`${hex.repeat(16)}00`))).not.toThrow()
    expect(() => decodeCbor(fromHex(`${hex.repeat(17)}00`))).toThrow(/too deep/)
  })

  it('counts levels, not structures beside each other', () => {
    const beside = encodeCbor(Array.from({ length: 100 }, () => [new Map([[1, { tag: 1, value: [] }]])]))
    expect(() => decodeCbor(beside, { ...defaultCborLimits, depth: 5 })).not.toThrow()
    expect(() => decodeCbor(beside, { ...defaultCborLimits, depth: 4 })).toThrow(/too deep/)
  })

  it('takes as many data items as the limits allow, and no more', () => {
    const three = encodeCbor([1, 2])
    expect(decodeCbor(three, { depth: 1, items: 3 })).toEqual([1, 2])
    expect(() => decodeCbor(three, { depth: 1, items: 2 })).toThrow(/too many/)
  })

  it('reads Buffers, and gives copies that a later change of the source does not touch', () => {
    const pooled = Buffer.from('xx43010203xx', 'latin1')
    pooled.set(fromHex('43010203'), 2)
    const source = pooled.subarray(2, 6)
    const value = decodeCbor(source) as Uint8Array
    source.fill(0)
    expect(value).toEqual(Uint8Array.of(1, 2, 3))
    expect(value.constructor).toBe(Uint8Array)
    expect(value.buffer.byteLength).toBe(3)
  })
})

describe('encodeCbor', () => {
  it.each([1.5, NaN, Infinity, 2 ** 53, -(2 ** 53)])('does not write %d', (value) => {
    expect(() => encodeCbor(value)).toThrow('CBOR has no form')
  })

  it('writes −0 as 0', () => {
    expect(encodeCbor(-0)).toEqual(Uint8Array.of(0))
  })

  it('does not write half a surrogate pair, which would come back as something else', () => {
    expect(() => encodeCbor('\ud800')).toThrow('well-formed')
  })

  it('does not write what has no type of ours', () => {
    expect(() => encodeCbor({} as CborValue)).toThrow('CBOR has no form')
    expect(() => encodeCbor(undefined as unknown as CborValue)).toThrow('CBOR has no form')
    expect(() => encodeCbor({ tag: -1, value: 0 })).toThrow('CBOR has no head')
  })

  it('writes Buffers as byte strings', () => {
    expect(toHex(encodeCbor(Buffer.from('abc')))).toBe('43616263')
  })

  it('writes texts that are long', () => {
    const text = 'ä'.repeat(40_000)
    expect(encodeCbor(text).subarray(5)).toEqual(utf8(text))
    expect(decodeCbor(encodeCbor(text))).toBe(text)
  })
})

describe('the kinds of values', () => {
  it('are told apart', () => {
    const kinds = [[], new Map(), { tag: 1, value: 1 }, null, 'x', new Uint8Array()].map((value) =>
      [isCborArray(value), isCborMap(value), isCborTagged(value)].indexOf(true),
    )
    expect(kinds).toEqual([0, 1, 2, -1, -1, -1])
  })
})
