import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex } from '../bytes.ts'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { isCborMap } from '../cbor/value.ts'
import type { CborKey, CborMap, CborValue } from '../cbor/value.ts'
import { derOctetString } from '../der/writer.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { extensionOids, keyUsageOids } from '../x509/oids.ts'
import { makeIssuing, makeLeaf, makeRoot } from './certificates.fixture.ts'
import { bitFlips, codeOf, looseForms, truncations, without, withField, wrongTypes } from './decoder-laws.fixture.ts'
import { encodeEntitlement, entitlementOf, isEntitled, parseEntitlement } from './entitlement.ts'
import type { Entitlement } from './entitlement.ts'
import { filled, hardware, TestHost } from './host.fixture.ts'
import { outcomes } from './outcomes.fixture.ts'

const least: Entitlement = {
  customer: 'Example Customer',
  environment: 'production',
  groups: [{ group: 7, generation: 2 }],
  thresholds: new Map(),
  aboveQuantity: 'report',
  features: [],
  agreementEnds: 2_000_000_000,
  logId: filled(1),
  recoveryKey: filled(2),
  hardware,
  attested: false,
  serial: 0,
  noteKey: filled(3),
  weakCounts: false,
}

const most: Entitlement = {
  ...least,
  thresholds: new Map([
    ['desktop', 10],
    ['server', 2],
  ]),
  intervals: { activationMinutes: 15, renewalMinutes: 43_200 },
  quantity: 0,
  aboveQuantity: 'refuse',
  maxMachines: 500,
  features: ['a', 'b'],
  attested: true,
  weakCounts: true,
  spareFor: filled(4),
}

function fieldsOf(entitlement: Entitlement): CborMap {
  const value = decodeCbor(encodeEntitlement(entitlement))
  if (!isCborMap(value)) throw new Error('not a map')
  return value
}

function parseFields(map: CborMap): Entitlement {
  return parseEntitlement(encodeCbor(map))
}

describe('an entitlement', () => {
  it.each([least, most, { ...most, aboveQuantity: 'warn' as const }])('is read as it was written', (entitlement) => {
    expect(parseEntitlement(encodeEntitlement(entitlement))).toEqual(entitlement)
  })

  it('leaves out what is the default, so that the smallest has eleven fields', () => {
    expect([...fieldsOf(least).keys()]).toEqual([1, 2, 3, 10, 11, 12, 13, 14, 15, 16])
    expect([...fieldsOf(most).keys()]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19])
  })

  it('ignores keys of newer versions (rule 5)', () => {
    const newer = withField(withField(fieldsOf(least), 18, 'new'), 'text', [null])
    expect(parseFields(newer)).toEqual(least)
  })

  it.each([18, 20, 99, -1])('refuses key %i when its own crit says that it must be understood (rule 5)', (key) => {
    const newer = withField(withField(fieldsOf(least), key, true), 0, [1, key])
    expect(codeOf(() => parseFields(newer))).toBe('UNKNOWN_CRITICAL')
  })

  it('takes a crit that names what is known', () => {
    expect(parseFields(withField(fieldsOf(most), 0, [4, 19]))).toEqual(most)
  })

  const bad: readonly [string, CborKey, CborValue][] = [
    ['an empty crit', 0, []],
    ['a crit of text', 0, ['a']],
    ['no groups', 3, []],
    ['a group without generation', 3, [[1]]],
    ['a negative generation', 3, [[1, -1]]],
    ['empty thresholds', 4, new Map()],
    ['thresholds by number', 4, new Map([[1, 5]])],
    ['a negative threshold', 4, new Map([['a', -5]])],
    ['one interval', 5, [120]],
    ['too short an interval', 5, [14, 120]],
    ['too long an interval', 5, [15, 43_201]],
    ['an unknown rule above the quantity', 7, 3],
    ['empty features', 9, []],
    ['a feature that is a number', 9, [1]],
    ['a short log ID', 11, filled(1, 31)],
    ['nine components', 13, [filled(1), Array<null>(9).fill(null)]],
    ['a component of 7 bytes', 13, [filled(1), [filled(1, 7), ...Array<null>(9).fill(null)]]],
    ['hardware without vector', 13, [filled(1)]],
    ['a customer of 257 characters', 1, 'x'.repeat(257)],
  ]

  it.each(bad)('with %s is malformed', (_, key, value) => {
    expect(codeOf(() => parseFields(withField(fieldsOf(least), key, value)))).toBe('MALFORMED')
  })

  it.each([1, 2, 3, 10, 11, 12, 13, 14, 15, 16])('without field %i is malformed', (key) => {
    expect(codeOf(() => parseFields(without(fieldsOf(most), key)))).toBe('MALFORMED')
  })

  it('with a field of another type is refused', () => {
    const wrong = outcomes(wrongTypes(fieldsOf(most)), parseFields)
    expect(wrong).toEqual(['MALFORMED', 'none'])
  })

  it('cut short or loosely encoded is malformed', () => {
    const bytes = encodeEntitlement(most)
    expect(outcomes([...truncations(bytes), ...looseForms(bytes)], parseEntitlement)).toEqual(['MALFORMED'])
  })

  it('with any bit flipped is read as something else or refused with a code', () => {
    const written = toHex(encodeEntitlement(most))
    const codes = outcomes(bitFlips(encodeEntitlement(most)), (flipped) => {
      if (toHex(encodeEntitlement(parseEntitlement(flipped))) === written) throw new Error('read as if not flipped')
    })
    expect(codes).toEqual(['MALFORMED', 'none'])
  })

  it('survives any numbers and names', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    const groups = fc.array(fc.record({ group: fc.nat(), generation: fc.nat() }), { minLength: 1 })
    const any = fc.record({ customer: name, groups, quantity: fc.maxSafeNat(), features: fc.array(name) })
    fc.assert(
      fc.property(any, (changes) => {
        const entitlement = { ...most, ...changes }
        expect(parseEntitlement(encodeEntitlement(entitlement))).toEqual(entitlement)
      }),
    )
  })
})

describe('the entitlement of a certificate', () => {
  it('is read from its extension', () => {
    const host = new TestHost()
    expect(entitlementOf(host.leaf.certificate)).toEqual(host.entitlement)
    expect(
      parseCertificate(host.leaf.der).extensions.find(({ oid }) => oid === extensionOids.entitlement)?.critical,
    ).toBe(false)
  })

  it('is required: a certificate without it is no host certificate (rule 5)', () => {
    const leaf = makeLeaf(makeIssuing(makeRoot()), keyUsageOids.hostReceipt)
    expect(codeOf(() => entitlementOf(leaf.certificate))).toBe('CHAIN_INVALID')
  })

  it('is one OCTET STRING and nothing after it', () => {
    const value = Uint8Array.from([...derOctetString(encodeEntitlement(least)), 0])
    const leaf = makeLeaf(makeIssuing(makeRoot()), keyUsageOids.hostReceipt, {
      extensions: [[extensionOids.entitlement, value]],
    })
    expect(codeOf(() => entitlementOf(leaf.certificate))).toBe('MALFORMED')
  })
})

describe('what a customer is entitled to', () => {
  it.each([
    [7, 2, true],
    [7, 0, true],
    [7, 3, false],
    [8, 2, false],
  ])('group %i of generation %i: %s', (group, generation, answer) => {
    expect(isEntitled(least, group, generation)).toBe(answer)
  })
})
