import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { days, hours, minutes } from '../time.ts'
import { defaults } from './defaults.ts'
import { type ActivationCase, decideActivation } from './lease.ts'
import { effectiveThreshold } from './threshold.ts'

const now = 1_798_761_600

function counted(effective: number): ActivationCase['count'] {
  return { effective, strong: effective, weak: 0, weakIgnored: 0 }
}

const usual: ActivationCase = {
  machine: { virtual: false, ephemeral: false },
  coverage: 'covered',
  serves: 'all',
  count: counted(30),
  threshold: effectiveThreshold({ policy: 25 }),
  largestThreshold: 25,
  policy: { ...defaults, ephemeral: { leaseSeconds: defaults.ephemeralLeaseSeconds } },
  chainEnds: now + days(1_000),
}

describe('the effective threshold', () => {
  it('is the certificate’s if it names one, else the policy’s, and says which (rule 10)', () => {
    expect(effectiveThreshold({ policy: 25 })).toEqual({ threshold: 25, source: 'policy' })
    expect(effectiveThreshold({ certificate: 3, policy: 25 })).toEqual({ threshold: 3, source: 'certificate' })
    expect(effectiveThreshold({ certificate: 100, policy: 25 })).toEqual({ threshold: 100, source: 'certificate' })
    expect(effectiveThreshold({ certificate: 0, policy: 25 })).toEqual({ threshold: 0, source: 'certificate' })
  })
})

describe('an activation', () => {
  it('gives 180 days, with both counts, the threshold and where it comes from, and the intervals', () => {
    expect(decideActivation({ ...usual, count: counted(70) }, now)).toEqual({
      outcome: 'activated',
      count: 70,
      reported: 50,
      threshold: 25,
      source: 'policy',
      issued: now,
      notBefore: now,
      expires: now + days(180),
      activationIntervalSeconds: minutes(120),
      renewalIntervalSeconds: minutes(10_080),
    })
  })

  it('is granted from the threshold on, inclusive; below it, both numbers and what is missing are told', () => {
    expect(decideActivation({ ...usual, count: counted(25) }, now).outcome).toBe('activated')
    const count = { effective: 24, strong: 20, weak: 9, weakIgnored: 5 }
    expect(decideActivation({ ...usual, count }, now)).toEqual({
      outcome: 'below-threshold',
      count: 24,
      missing: 1,
      threshold: 25,
      source: 'policy',
      weak: 9,
      weakIgnored: 5,
      activationIntervalSeconds: minutes(120),
    })
  })

  it('is granted exactly when the client, which sees the reported count only, agrees (rule 10)', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(100), fc.nat(100), (count, certificate, largestThreshold) => {
        const threshold = effectiveThreshold({ certificate, policy: 25 })
        const decision = decideActivation({ ...usual, count: counted(count), threshold, largestThreshold }, now)
        if (decision.outcome === 'activated') expect(decision.reported).toBeGreaterThanOrEqual(decision.threshold)
        expect(decision.outcome === 'activated').toBe(count >= certificate)
      }),
    )
  })

  it('is not for products that the host’s certificate does not cover, nor for virtual machines where only physical ones are served', () => {
    const virtual = { virtual: true, ephemeral: false }
    expect(decideActivation({ ...usual, coverage: 'not-covered' }, now)).toEqual({
      outcome: 'not-served',
      reason: 'product-not-covered',
    })
    expect(decideActivation({ ...usual, machine: virtual, serves: 'physical' }, now)).toEqual({
      outcome: 'not-served',
      reason: 'virtual-machine',
    })
    expect(decideActivation({ ...usual, machine: virtual }, now).outcome).toBe('activated')
    expect(decideActivation({ ...usual, serves: 'physical' }, now).outcome).toBe('activated')
  })

  it('never lasts beyond the chain (rule 6), and is not given once that has ended', () => {
    fc.assert(
      fc.property(fc.integer({ min: -days(2), max: days(400) }), fc.boolean(), (left, ephemeral) => {
        const machine = { virtual: false, ephemeral }
        const decision = decideActivation({ ...usual, machine, chainEnds: now + left }, now)
        if (left <= 0) {
          expect(decision).toEqual({ outcome: 'host-expired', since: now + left })
        } else {
          const expires = now + Math.min(left, ephemeral ? days(1) : days(180))
          expect(decision).toMatchObject({ outcome: 'activated', expires })
        }
      }),
    )
  })

  it('of an ephemeral machine lasts 24 hours and is renewed at its half, not after a week (rule 38)', () => {
    const machine = { virtual: true, ephemeral: true }
    expect(decideActivation({ ...usual, machine }, now)).toMatchObject({
      expires: now + hours(24),
      renewalIntervalSeconds: hours(12),
    })
  })

  it('that the chain cuts short is renewed at its half, and never sooner than after 15 minutes', () => {
    const renewal = (left: number) => decideActivation({ ...usual, chainEnds: now + left }, now)
    expect(renewal(days(14) + minutes(2))).toMatchObject({ renewalIntervalSeconds: days(7) })
    expect(renewal(days(14) - 1)).toMatchObject({ renewalIntervalSeconds: days(7) - minutes(1) })
    expect(renewal(minutes(5))).toMatchObject({ renewalIntervalSeconds: minutes(15) })
  })
})
