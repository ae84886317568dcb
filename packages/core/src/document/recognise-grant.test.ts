import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attemptOrNothing } from '../errors/attempt.ts'
import { encodeGrant, type Grant, parseGrant } from './grant.ts'
import { recogniseGrant } from './recognise-grant.ts'

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length })
const grants: fc.Arbitrary<Grant> = fc.record({
  ...{ logId: bytes(32), machine: bytes(32), cti: bytes(16), nonce: bytes(16), product: bytes(16) },
  ...{ anchor: bytes(32), req: bytes(32), detailsDigest: bytes(32) },
  ...{ expires: fc.maxSafeNat(), notBefore: fc.maxSafeNat(), issued: fc.maxSafeNat(), index: fc.maxSafeNat() },
  ...{ count: fc.maxSafeNat(), threshold: fc.nat(), state: fc.nat(6) },
  ...{ activationMinutes: fc.integer({ min: 15, max: 43_200 }), renewalMinutes: fc.constantFrom(15, 43_200) },
  thresholdSource: fc.constantFrom('policy' as const, 'certificate' as const),
  features: fc.array(fc.string({ maxLength: 30, unit: 'grapheme-ascii' }), { maxLength: 5 }),
  flags: fc.record({ weak: fc.boolean(), virtual: fc.boolean(), ephemeral: fc.boolean() }),
})

function said({
  machine,
  product,
  anchor,
  flags,
  issued,
  expires,
  cti,
  req,
  index,
}: ReturnType<typeof recognised>): object {
  return { machine, product, anchor, flags, issued, expires, cti, req, index }
}

function recognised(written: Uint8Array): Pick<Grant, keyof NonNullable<ReturnType<typeof recogniseGrant>>> {
  const found = recogniseGrant(written)
  if (found === undefined) throw new Error('declined')
  return found
}

function parsed(written: Uint8Array): Grant | undefined {
  return attemptOrNothing(() => parseGrant(written))
}

describe('recognising a grant', () => {
  it('takes every grant that a host writes, and says what parsing it says', () => {
    fc.assert(
      fc.property(grants, (grant) => {
        expect(said(recognised(encodeGrant(grant)))).toEqual(said(grant))
      }),
    )
  })

  it('leaves features of other letters to the parser', () => {
    const [grant] = fc.sample(grants, 1)
    expect(grant && recogniseGrant(encodeGrant({ ...grant, features: ['ä'] }))).toBeUndefined()
  })

  it('of other bytes recognises only what parses to the same', () => {
    for (const grant of fc.sample(grants, 3)) {
      const written = encodeGrant(grant)
      for (let at = 0; at < written.length; at += 1) {
        expect(recogniseGrant(written.subarray(0, at))).toBeUndefined()
        for (const bit of [0, 1, 4, 5, 7]) {
          const other = Uint8Array.from(written)
          other[at] = Number(other[at]) ^ (1 << bit)
          const found = recogniseGrant(other)
          const read = found && parsed(other)
          if (found !== undefined) expect(read && said(read)).toEqual(said(found))
        }
      }
    }
  })

  it('never reads beyond the bytes', () => {
    fc.assert(
      fc.property(grants, bytes(8), (grant, more) => {
        expect(recogniseGrant(Uint8Array.of(...encodeGrant(grant), ...more))).toBeUndefined()
      }),
    )
  })
})
