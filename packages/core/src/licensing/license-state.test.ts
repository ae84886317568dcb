import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { days, type Instant } from '../time.ts'
import { type GracePolicy, type LicenseRecord, licenseState, licenseStates } from './license-state.ts'

const begin = 1_798_761_600
const policy: GracePolicy = { initialGraceSeconds: days(30), outOfToleranceGraceSeconds: days(30) }
const none: GracePolicy = { initialGraceSeconds: 0, outOfToleranceGraceSeconds: 0 }
const key: LicenseRecord = { kind: 'key', graceBegan: begin }
const lease: LicenseRecord = { kind: 'lease', expires: begin + days(180) }

const records = fc.oneof(
  fc.constant<LicenseRecord>({ kind: 'no-key' }),
  fc.nat(days(400)).map((graceBegan): LicenseRecord => ({ kind: 'key', graceBegan })),
  fc.nat(days(400)).map((expires): LicenseRecord => ({ kind: 'lease', expires })),
)
const policies = fc.record({
  initialGraceSeconds: fc.constantFrom(0, 1, days(30), days(60)),
  outOfToleranceGraceSeconds: fc.constantFrom(0, 1, days(30)),
})
const times = fc.nat(days(600))

/** Walks from one state to the one that is said to follow, at the very second that is said, until a time. */
function walk(record: LicenseRecord, terms: GracePolicy, from: Instant, to: Instant): string {
  const here = licenseState(record, terms, from)
  if (!('until' in here) || here.until > to) return here.state
  expect(licenseState(record, terms, here.until).state).toBe(here.next)
  return walk(record, terms, here.until, to)
}

describe('the state of a license', () => {
  it.each([
    ['no key', { kind: 'no-key' }, policy, begin, { state: 'unlicensed', reason: 'NO_PRODUCT_KEY' }],
    [
      'the first second of the initial grace',
      key,
      policy,
      begin,
      { state: 'initial-grace', reason: 'NOT_BOUND', until: begin + days(30), next: 'notification' },
    ],
    ['initial grace over', key, policy, begin + days(30), { state: 'notification', reason: 'GRACE_EXPIRED' }],
    ['no initial grace at all', key, none, begin, { state: 'notification', reason: 'NOT_BOUND' }],
    [
      'a lease in its last second',
      lease,
      policy,
      begin + days(180) - 1,
      { state: 'licensed', until: begin + days(180), next: 'out-of-tolerance-grace' },
    ],
    [
      'a lease without a grace behind it',
      lease,
      none,
      begin,
      { state: 'licensed', until: begin + days(180), next: 'notification' },
    ],
    [
      'the midnight on which the lease ends',
      lease,
      policy,
      begin + days(180),
      { state: 'out-of-tolerance-grace', reason: 'LICENSE_EXPIRED', until: begin + days(210), next: 'notification' },
    ],
    ['that grace over', lease, policy, begin + days(210), { state: 'notification', reason: 'GRACE_EXPIRED' }],
    ['a lease over, no grace', lease, none, begin + days(180), { state: 'notification', reason: 'LICENSE_EXPIRED' }],
  ] as const)('with %s', (_, record, terms, now, state) => {
    expect(licenseState(record, terms, now)).toEqual(state)
  })

  it('is the same in one jump as in many steps, so sleep changes nothing', () => {
    fc.assert(
      fc.property(records, policies, times, times, (record, terms, one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)]
        expect(walk(record, terms, from, to)).toBe(licenseState(record, terms, to).state)
      }),
    )
  })

  it('holds until the second it names, and not one longer', () => {
    fc.assert(
      fc.property(records, policies, times, (record, terms, now) => {
        const here = licenseState(record, terms, now)
        if (!('until' in here)) return
        expect(now).toBeLessThan(here.until)
        expect(licenseState(record, terms, here.until - 1)).toEqual(here)
        expect(licenseState(record, terms, here.until).state).not.toBe(here.state)
      }),
    )
  })

  it('is licensed exactly while a lease runs, never beyond it', () => {
    fc.assert(
      fc.property(records, policies, times, (record, terms, now) => {
        const isRunning = record.kind === 'lease' && now < record.expires
        expect(licenseState(record, terms, now).state === 'licensed').toBe(isRunning)
      }),
    )
  })

  it('has the numbers 0 to 6 that administrators know, in design’s order', () => {
    expect(Object.entries(licenseStates).map(([name, { number }]) => [name, number])).toEqual([
      ['unlicensed', 0],
      ['licensed', 1],
      ['initial-grace', 2],
      ['out-of-tolerance-grace', 3],
      ['non-genuine-grace', 4],
      ['notification', 5],
      ['extended-grace', 6],
    ])
  })
})
