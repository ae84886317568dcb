import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, fromHex, toHex, utf8 } from '../bytes.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { fromIso } from '../time.ts'
import { decodeOid, encodeOid } from './oid.ts'
import { DerReader } from './reader.ts'
import { contextConstructed, contextPrimitive, tags } from './tags.ts'
import { derElement, derNull, derOctetString, derOid, derSequence, derUnsigned } from './writer.ts'

const malformed: unknown = expect.objectContaining({ code: 'MALFORMED' })
const read = (hex: string): DerReader => new DerReader(fromHex(hex), 'sample')

describe('object identifiers', () => {
  const arc = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n })
  const small = fc.bigInt({ min: 0n, max: 39n })

  it('come back with arcs of any width', () => {
    const heads = fc.oneof(fc.tuple(fc.constantFrom(0n, 1n), small), fc.tuple(fc.constant(2n), arc))
    fc.assert(
      fc.property(heads, fc.array(arc, { maxLength: 2 }), (head, tail) => {
        const oid = [...head, ...tail].join('.')
        expect(decodeOid(encodeOid(oid))).toBe(oid)
      }),
    )
  })

  it.each([
    ['2.5.29.15', '551d0f'],
    ['1.2.840.113549.1.9.14', '2a864886f70d01090e'],
    ['0.9.2342.19200300.100.1.25', '0992268993f22c640119'],
    ['2.999', '8837'],
    ['2.25.209985887287583444754453867910344036917', '6982bbf9e7e4c29b92b4878ebeba8ce5a0a5a435'],
  ])('%s is %s', (oid, hex) => {
    expect(decodeOid(fromHex(hex))).toBe(oid)
    expect(toHex(encodeOid(oid))).toBe(hex)
  })

  it.each(['', '80', '5580', '551d8001', '55801d', 'ff', '01'.repeat(65)])('are not %j', (hex) => {
    expect(() => decodeOid(fromHex(hex))).toThrow(malformed)
  })

  it.each(['', '1', '3.1', '1.40', '0.40', '1.02', '1.2.', '1..2', '1.-2', 'a.b'])(
    'cannot be written from %j',
    (oid) => {
      expect(() => encodeOid(oid)).toThrow('is not an object identifier')
    },
  )
})

describe('lengths', () => {
  it.each([0, 1, 127, 128, 255, 256, 65_000])('of %d bytes come back', (length) => {
    const element = derOctetString(new Uint8Array(length))
    expect(new DerReader(element, 'sample').octetString()).toHaveLength(length)
  })

  it.each([
    ['indefinite', '04800000'],
    ['missing', '04'],
    ['beyond the end', '040100'.slice(0, 4)],
    ['not minimal: one byte for less than 128', '048101ff'],
    ['not minimal: two bytes for less than 256', '048200ff'],
    ['of one byte that is missing', '0481'],
    ['of two bytes, one missing', '048201'],
    ['of four bytes', '04840000000100'],
    ['reserved', '04ff'],
  ])('that are %s are refused', (_, hex) => {
    expect(() => read(hex).octetString()).toThrow(malformed)
  })

  it('of documents are limited', () => {
    expect(() => new DerReader(new Uint8Array(65_537), 'sample')).toThrow(/larger than 65536 bytes/)
  })

  it('of nesting are limited', () => {
    let element = derSequence()
    for (let depth = 0; depth < 16; depth++) element = derSequence(element)
    let reader = new DerReader(element, 'sample')
    for (let depth = 0; depth < 16; depth++) reader = reader.sequence()
    expect(() => reader.sequence()).toThrow(/nested too deeply/)
  })
})

describe('a DER reader', () => {
  it('reads one after the other, whole or inside, and what is optional only when it is there', () => {
    const inner = derSequence(derUnsigned(Uint8Array.of(7)), derNull())
    const reader = new DerReader(concat(derOid('2.5.29.15'), inner, inner), 'sample')
    expect(reader.optional(tags.boolean, () => reader.boolean())).toBeUndefined()
    expect(reader.optional(tags.oid, () => reader.oid())).toBe('2.5.29.15')
    expect(reader.whole(tags.sequence)).toEqual(inner)
    const inside = reader.sequence()
    expect(inside.smallUnsigned()).toBe(7)
    expect(inside.atEnd).toBe(false)
    expect(inside.content(tags.null)).toHaveLength(0)
    inside.end()
    reader.end()
    expect(() => reader.oid()).toThrow(malformed)
  })

  it('refuses what was not read', () => {
    expect(() => {
      read('0500').end()
    }).toThrow(/bytes after the end/)
  })

  it('reads to the end', () => {
    expect(read('020101020102').all((reader) => reader.smallUnsigned())).toEqual([1, 2])
  })

  it.each([
    ['0101ff', true],
    ['010100', false],
  ])('reads the BOOLEAN %s', (hex, value) => {
    expect(read(hex).boolean()).toBe(value)
  })

  it.each(['0100', '010101', '0102ffff', '0500'])('refuses %s as a BOOLEAN', (hex) => {
    expect(() => read(hex).boolean()).toThrow(malformed)
  })

  it.each([
    ['020100', 0],
    ['02017f', 127],
    ['02020080', 128],
    ['020300ffff', 65_535],
  ])('reads the INTEGER %s', (hex, value) => {
    expect(read(hex).smallUnsigned()).toBe(value)
    expect(derUnsigned(read(hex).unsigned())).toEqual(fromHex(hex))
  })

  it.each(['0200', '020180', '0202007f', '02020000', '0203010000'])('refuses %s as a small INTEGER', (hex) => {
    expect(() => read(hex).smallUnsigned()).toThrow(malformed)
  })

  it('reads BIT STRINGs of whole bytes, and no others', () => {
    expect(toHex(read('030300abcd').bitString())).toBe('abcd')
    for (const hex of ['0300', '030201fe', '0500']) expect(() => read(hex).bitString()).toThrow(malformed)
  })

  it.each([
    ['03020780', [0]],
    ['03020106', [5, 6]],
    ['0303070080', [8]],
    ['030100', []],
    ['030200ff', [0, 1, 2, 3, 4, 5, 6, 7]],
  ])('reads the named bits %s', (hex, set) => {
    const bits = read(hex).namedBits()
    expect(bits.flatMap((bit, index) => (bit ? [index] : []))).toEqual(set)
  })

  it.each(['0300', '03020600', '03020680', '0303080080', '03020080', '03020781', '030101', '0303078000', '030108'])(
    'refuses the named bits %s',
    (hex) => {
      expect(() => read(hex).namedBits()).toThrow(malformed)
    },
  )

  it.each([
    ['0c03c3bc61', 'üa'],
    ['13054120282c29', 'A (,)'],
    ['1603406162', '@ab'],
  ])('reads the text %s', (hex, text) => {
    expect(read(hex).text()).toBe(text)
  })

  it.each(['0c01ff', '0c0100', '130140', '1601e9', '1e020041', '14010041'])('refuses %s as a text', (hex) => {
    expect(() => read(hex).text()).toThrow(malformed)
  })

  it.each([
    [tags.utcTime, '261121012700Z', '2026-11-21T01:27:00Z'],
    [tags.utcTime, '491231235959Z', '2049-12-31T23:59:59Z'],
    [tags.utcTime, '500101000000Z', '1950-01-01T00:00:00Z'],
    [tags.generalizedTime, '20500101000000Z', '2050-01-01T00:00:00Z'],
    [tags.generalizedTime, '99991231235959Z', '9999-12-31T23:59:59Z'],
  ])('reads tag %d %s as a time', (tag, text, iso) => {
    expect(new DerReader(derElement(tag, utf8(text)), 'sample').time()).toBe(fromIso(iso))
  })

  it.each([
    [tags.utcTime, '2611210127Z'],
    [tags.utcTime, '261121012700+0000'],
    [tags.utcTime, '260229000000Z'],
    [tags.utcTime, ''],
    [tags.generalizedTime, '20491231235959Z'],
    [tags.generalizedTime, '20500101000000.5Z'],
    [tags.generalizedTime, '20500101000000'],
    [tags.octetString, '20500101000000Z'],
  ])('refuses tag %d %j as a time', (tag, text) => {
    expect(() => new DerReader(derElement(tag, utf8(text)), 'sample').time()).toThrow(malformed)
  })

  it('refuses a time that is not text', () => {
    expect(() => read('1701ff').time()).toThrow(malformed)
  })

  it('gives for any bytes values or one coded error', () => {
    const walk = (reader: DerReader): void => {
      while (!reader.atEnd) {
        if (reader.nextIs(tags.sequence)) walk(reader.sequence())
        else if (reader.nextIs(tags.integer)) reader.unsigned()
        else if (reader.nextIs(tags.oid)) reader.oid()
        else if (reader.nextIs(tags.bitString)) reader.namedBits()
        else if (reader.nextIs(tags.utcTime)) reader.time()
        else reader.text()
      }
    }
    const likely = fc.array(fc.constantFrom(0x30, 2, 3, 6, 0x17, 0x0c, 0, 1, 2, 3, 0x41, 0x80, 0x81), { maxLength: 24 })
    fc.assert(
      fc.property(likely, (bytes) => {
        try {
          walk(new DerReader(Uint8Array.from(bytes), 'sample'))
        } catch (error) {
          if (!(error instanceof ActivationError)) throw error
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('context tags', () => {
  it('are those of X.690 §8.1.2', () => {
    expect([contextPrimitive(2), contextConstructed(3)]).toEqual([0x82, 0xa3])
  })
})
