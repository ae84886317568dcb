import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../bytes.ts'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { isCborMap, isCborTagged } from '../cbor/value.ts'
import type { CborKey, CborMap, CborValue } from '../cbor/value.ts'
import { bitFlips, codeOf, looseForms, truncations, without, withField, wrongTypes } from './decoder-laws.fixture.ts'
import { encodeGrant, parseGrant } from './grant.ts'
import type { Grant } from './grant.ts'
import { filled } from './host.fixture.ts'
import { outcomes } from './outcomes.fixture.ts'

const grant: Grant = {
  logId: filled(1),
  machine: filled(2),
  expires: 1_800_000_000,
  notBefore: 1_700_000_000,
  issued: 1_700_000_001,
  cti: filled(3, 16),
  nonce: filled(4, 16),
  product: filled(5, 16),
  anchor: filled(6),
  count: 30,
  threshold: 25,
  thresholdSource: 'policy',
  activationMinutes: 120,
  renewalMinutes: 10_080,
  features: ['a', 'b'],
  index: 41,
  req: filled(7),
  detailsDigest: filled(8),
  state: 2,
  flags: { weak: true, virtual: false, ephemeral: true },
}

function claimsOf(bytes: Uint8Array): CborMap {
  const value = decodeCbor(bytes)
  if (!isCborTagged(value) || !isCborMap(value.value)) throw new Error('not a grant')
  return value.value
}

function parseClaims(claims: CborMap, tag = 601): Grant {
  return parseGrant(encodeCbor({ tag, value: claims }))
}

const claims = claimsOf(encodeGrant(grant))

describe('a grant', () => {
  it('has the bytes that its claims have as a map, whatever they are', () => {
    const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length })
    const changes = fc.record({
      ...{ logId: bytes(32), machine: bytes(32), cti: bytes(16), nonce: bytes(16), product: bytes(16) },
      ...{ anchor: bytes(32), req: bytes(32), detailsDigest: bytes(32) },
      ...{ expires: fc.maxSafeNat(), notBefore: fc.maxSafeNat(), issued: fc.maxSafeNat(), index: fc.maxSafeNat() },
      ...{ count: fc.maxSafeNat(), threshold: fc.maxSafeNat(), state: fc.nat(6) },
      ...{
        activationMinutes: fc.integer({ min: 15, max: 43_200 }),
        renewalMinutes: fc.integer({ min: 15, max: 43_200 }),
      },
      thresholdSource: fc.constantFrom('policy' as const, 'certificate' as const),
      features: fc.array(
        fc.string({ maxLength: 200 }).filter((text) => text.isWellFormed()),
        { maxLength: 30 },
      ),
      flags: fc.record({ weak: fc.boolean(), virtual: fc.boolean(), ephemeral: fc.boolean() }),
    })
    fc.assert(
      fc.property(changes, (any) => {
        const written = encodeGrant(any)
        expect(encodeCbor(decodeCbor(written))).toEqual(written)
        expect(parseGrant(written)).toEqual(any)
      }),
    )
  })

  it('is read as it was written', () => {
    expect(parseGrant(encodeGrant(grant))).toEqual(grant)
    expect(parseGrant(encodeGrant({ ...grant, thresholdSource: 'certificate', features: [] }))).toMatchObject({
      thresholdSource: 'certificate',
      features: [],
    })
  })

  it('is tag 601 over claims whose issuer and subject are text URIs (rule 23)', () => {
    expect(toHex(encodeGrant(grant)).slice(0, 6)).toBe('d90259')
    expect(claims.get(1)).toBe(`volact:log:${'01'.repeat(32)}`)
    expect(claims.get(2)).toBe(`volact:machine:${'02'.repeat(32)}`)
    expect(claims.get(8)).toEqual(new Map([[5, filled(2)]]))
  })

  it('keeps private claims below −65536 (rule 23)', () => {
    const registered = [1, 2, 4, 5, 6, 7, 8, 10]
    for (const key of claims.keys()) expect(registered.includes(Number(key)) || Number(key) < -65536).toBe(true)
  })

  it('is closed: a claim that is unknown here is refused, also one that maps elsewhere may ignore', () => {
    for (const key of [3, 9, 11, -1, -65536, -65550, 'x']) {
      expect(codeOf(() => parseClaims(withField(claims, key, 1)))).toBe('UNKNOWN_CRITICAL')
    }
    const confirmation = new Map<CborKey, CborValue>([
      [5, filled(2)],
      [1, 0],
    ])
    expect(codeOf(() => parseClaims(withField(claims, 8, confirmation)))).toBe('UNKNOWN_CRITICAL')
  })

  const bad: readonly [string, CborKey, CborValue][] = [
    ['another issuer than a log', 1, `other:log:${'01'.repeat(32)}`],
    ['an issuer in upper case', 1, `volact:log:${'AB'.repeat(32)}`],
    ['a short issuer', 1, `volact:log:${'01'.repeat(31)}`],
    ['a long issuer', 1, `volact:log:${'01'.repeat(33)}`],
    ['a machine as its issuer', 1, `volact:machine:${'01'.repeat(32)}`],
    ['a log as its subject', 2, `volact:log:${'01'.repeat(32)}`],
    ['another key than its subject', 8, new Map([[5, filled(9)]])],
    ['an unknown source of the threshold', -65541, 2],
    ['too short an interval', -65542, 14],
    ['too long an interval', -65543, 43_201],
    ['an unknown state', -65548, 7],
    ['a feature that is no text', -65544, [1]],
    ['a negative index', -65545, -1],
  ]

  it.each(bad)('with %s is malformed', (_, key, value) => {
    expect(codeOf(() => parseClaims(withField(claims, key, value)))).toBe('MALFORMED')
  })

  it('with flags of the future is refused', () => {
    expect(codeOf(() => parseClaims(withField(claims, -65549, 8)))).toBe('UNKNOWN_CRITICAL')
  })

  it('without any of its claims, under another tag or none, is malformed', () => {
    for (const key of claims.keys()) expect(codeOf(() => parseClaims(without(claims, key)))).toBe('MALFORMED')
    expect(codeOf(() => parseClaims(claims, 61))).toBe('MALFORMED')
    expect(codeOf(() => parseGrant(encodeCbor(claims)))).toBe('MALFORMED')
  })

  it('with a claim of another type is malformed', () => {
    expect(outcomes(wrongTypes(claims), parseClaims)).toEqual(['MALFORMED'])
  })

  it('cut short or loosely encoded is malformed', () => {
    const bytes = encodeGrant(grant)
    expect(outcomes([...truncations(bytes), ...looseForms(bytes)], parseGrant)).toEqual(['MALFORMED'])
  })

  it('with any bit flipped is read as what it says then, or refused with a code', () => {
    const codes = outcomes(bitFlips(encodeGrant(grant)), (flipped) => {
      // One value has one encoding.
      if (toHex(encodeGrant(parseGrant(flipped))) !== toHex(flipped)) throw new Error('read as something else')
    })
    expect(codes).toEqual(['MALFORMED', 'UNKNOWN_CRITICAL', 'none'])
  })

  it('survives any numbers, names and flags', () => {
    const changes = fc.record({
      expires: fc.maxSafeNat(),
      count: fc.maxSafeNat(),
      index: fc.maxSafeNat(),
      features: fc.array(fc.string({ unit: 'grapheme', maxLength: 30 })),
      flags: fc.record({ weak: fc.boolean(), virtual: fc.boolean(), ephemeral: fc.boolean() }),
      machine: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    })
    fc.assert(
      fc.property(changes, (change) => {
        expect(parseGrant(encodeGrant({ ...grant, ...change }))).toEqual({ ...grant, ...change })
      }),
    )
  })

  it('may come in a view of a larger buffer', () => {
    const bytes = encodeGrant(grant)
    const larger = fromHex(`ff${toHex(bytes)}ff`)
    expect(parseGrant(larger.subarray(1, -1))).toEqual(grant)
  })
})
