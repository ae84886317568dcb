import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { days, type Instant } from '../time.ts'
import { begin, fresh, happen, leased, licenseArbitraries, policy } from './license.fixture.ts'
import type { LicensePolicy } from './license-policy.ts'
import type { LicenseRecord } from './license-record.ts'
import { licenseState, licenseStates } from './license-state.ts'

const { policies, records, times } = licenseArbitraries(fc)

const none: LicensePolicy = { ...policy, initialGraceSeconds: 0, outOfToleranceGraceSeconds: 0 }
const ends = begin + days(180)

/** State, reason, and day of the next state, counted from the beginning. */
function stand(record: LicenseRecord, day: number, terms: LicensePolicy = policy): string {
  const { state, reason = '', until, next = '' } = licenseState(record, terms, begin + days(day))
  return [state, reason, until === undefined ? '' : `${(until - begin) / days(1)} ${next}`].join(' · ')
}

/** Walks from one state to the one that is said to follow, at the very second that is said, until a time. */
function walk(record: LicenseRecord, terms: LicensePolicy, from: Instant, to: Instant): string {
  const here = licenseState(record, terms, from)
  if (here.until === undefined || here.until > to) return here.state
  expect(licenseState(record, terms, here.until).state).toBe(here.next)
  return walk(record, terms, here.until, to)
}

describe('the state of a license', () => {
  it.each<[what: string, record: LicenseRecord, day: number, terms: LicensePolicy, stands: string]>([
    ['no key', { ...leased, key: 'none' }, 0, policy, 'unlicensed · NO_PRODUCT_KEY · '],
    ['a key on its first day', fresh, 0, policy, 'initial-grace · IN_INITIAL_GRACE · 30 notification'],
    ['initial grace over', fresh, 30, policy, 'notification · GRACE_EXPIRED · '],
    ['no initial grace at all', fresh, 0, none, 'notification · NOT_BOUND · '],
    ['a lease', leased, 179, policy, 'licensed ·  · 180 out-of-tolerance-grace'],
    ['a lease with no grace behind it', leased, 0, none, 'licensed ·  · 180 notification'],
    [
      'the midnight on which the lease ends',
      leased,
      180,
      policy,
      'out-of-tolerance-grace · IN_OUT_OF_TOLERANCE_GRACE · 210 notification',
    ],
    ['that grace over', leased, 210, policy, 'notification · GRACE_EXPIRED · '],
    ['a lease over, no grace', leased, 180, none, 'notification · LICENSE_EXPIRED · '],
    ['a MAK', { ...leased, key: 'mak', lease: { expires: 'never', granted: begin } }, 9_999, policy, 'licensed ·  · '],
    [
      'other hardware',
      { ...leased, hardwareChanged: begin + days(9) },
      9,
      policy,
      'out-of-tolerance-grace · HARDWARE_OUT_OF_TOLERANCE · 39 notification',
    ],
    [
      'other hardware for too long',
      { ...leased, hardwareChanged: begin + days(9) },
      39,
      policy,
      'notification · HARDWARE_OUT_OF_TOLERANCE · ',
    ],
    [
      'a void license (rule 44)',
      { ...leased, nonGenuine: begin + days(9) },
      9,
      policy,
      'non-genuine-grace · IN_NON_GENUINE_GRACE · 39 notification',
    ],
    [
      'a void license for too long',
      { ...leased, nonGenuine: begin + days(9) },
      39,
      policy,
      'notification · NON_GENUINE_GRACE_EXPIRED · ',
    ],
    [
      'an evaluation, which runs as long as the initial grace',
      { ...fresh, key: 'evaluation' },
      29,
      policy,
      'initial-grace · IN_INITIAL_GRACE · 30 notification',
    ],
    [
      'an evaluation with a length of its own',
      { ...fresh, key: 'evaluation' },
      30,
      { ...policy, evaluationSeconds: days(180) },
      'initial-grace · IN_INITIAL_GRACE · 180 notification',
    ],
    ['an evaluation that is over', { ...fresh, key: 'evaluation' }, 30, policy, 'notification · EVALUATION_EXPIRED · '],
    [
      'an extended grace, for the reason that made it needed',
      { ...fresh, extendedUntil: begin + days(50) },
      30,
      policy,
      'extended-grace · GRACE_EXPIRED · 50 notification',
    ],
    [
      'an extended grace to come, after the initial one',
      { ...fresh, extendedUntil: begin + days(50) },
      29,
      policy,
      'initial-grace · IN_INITIAL_GRACE · 30 extended-grace',
    ],
    [
      'an extended grace that ends before the ordinary one',
      { ...fresh, extendedUntil: begin + days(20) },
      25,
      policy,
      'initial-grace · IN_INITIAL_GRACE · 30 notification',
    ],
    [
      'an extended grace after a lease without a grace',
      { ...leased, extendedUntil: begin + days(200) },
      180,
      none,
      'extended-grace · LICENSE_EXPIRED · 200 notification',
    ],
  ])('with %s', (_, record, day, terms, stands) => {
    expect(stand(record, day, terms)).toBe(stands)
  })

  it('changes at the very second: a lease holds in its last one and not in the next', () => {
    expect(licenseState(leased, policy, ends - 1).state).toBe('licensed')
    expect(licenseState(leased, policy, ends).state).toBe('out-of-tolerance-grace')
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

describe('where several things stand against a license', () => {
  const expired: LicenseRecord = { ...leased, hardwareChanged: begin + days(190), nonGenuine: begin + days(200) }

  it('the weightiest gives the name: not genuine, then other hardware, then time', () => {
    expect(stand(expired, 205)).toBe('non-genuine-grace · IN_NON_GENUINE_GRACE · 210 notification')
    expect(stand({ ...leased, hardwareChanged: begin + days(190) }, 205)).toBe(
      'out-of-tolerance-grace · HARDWARE_OUT_OF_TOLERANCE · 210 notification',
    )
  })

  it('the first grace to end ends all, and none lengthens another', () => {
    expect(stand(expired, 210)).toBe('notification · GRACE_EXPIRED · ')
    expect(stand({ ...fresh, nonGenuine: begin + days(31) }, 31)).toBe('notification · GRACE_EXPIRED · ')
  })

  it('the reason of a notification is the weightiest that is over', () => {
    expect([219, 220, 229, 230].map((day) => stand(expired, day))).toEqual([
      'notification · GRACE_EXPIRED · ',
      'notification · HARDWARE_OUT_OF_TOLERANCE · ',
      'notification · HARDWARE_OUT_OF_TOLERANCE · ',
      'notification · NON_GENUINE_GRACE_EXPIRED · ',
    ])
  })

  it('an extended grace helps against time and hardware, never against a revocation (rule 44)', () => {
    const extended = { ...expired, extendedUntil: begin + days(400) }
    expect(stand({ ...leased, hardwareChanged: begin + days(190), extendedUntil: begin + days(400) }, 220)).toBe(
      'extended-grace · HARDWARE_OUT_OF_TOLERANCE · 400 notification',
    )
    expect(stand(extended, 229)).toBe('non-genuine-grace · IN_NON_GENUINE_GRACE · 230 notification')
    expect(stand(extended, 230)).toBe('notification · NON_GENUINE_GRACE_EXPIRED · ')
  })

  it('what was found holds under a clock that was turned back to before it (rule 42)', () => {
    expect(stand({ ...leased, nonGenuine: begin + days(9) }, 8)).toMatch(/^non-genuine-grace/)
    expect(stand({ ...leased, hardwareChanged: begin + days(9) }, 8)).toMatch(/^out-of-tolerance-grace/)
  })
})

describe('an ephemeral machine', () => {
  const ephemeral: LicenseRecord = { ...fresh, ephemeral: true }

  it('has no grace of any kind, unless the catalog gives it one (rule 38)', () => {
    const lease = { expires: begin + days(1), granted: begin }
    expect(stand(ephemeral, 0)).toBe('notification · NOT_BOUND · ')
    expect(stand({ ...ephemeral, lease }, 1)).toBe('notification · LICENSE_EXPIRED · ')
    expect(stand({ ...ephemeral, lease, nonGenuine: begin }, 0)).toBe('notification · NON_GENUINE_GRACE_EXPIRED · ')
    expect(stand({ ...ephemeral, lease, hardwareChanged: begin }, 0)).toBe(
      'notification · HARDWARE_OUT_OF_TOLERANCE · ',
    )
    expect(stand({ ...ephemeral, key: 'evaluation' }, 0)).toBe('notification · EVALUATION_EXPIRED · ')
  })

  it('has the one of the catalog in the place of all others', () => {
    const terms: LicensePolicy = { ...policy, evaluationSeconds: days(90), ephemeral: { graceSeconds: days(2) } }
    const lease = { expires: begin + days(1), granted: begin }
    expect(stand(ephemeral, 0, terms)).toBe('initial-grace · IN_INITIAL_GRACE · 2 notification')
    expect(stand({ ...ephemeral, key: 'evaluation' }, 0, terms)).toMatch(/2 notification$/)
    expect(stand({ ...ephemeral, lease }, 1, terms)).toMatch(/^out-of-tolerance-grace .* 3 notification$/)
    expect(stand({ ...ephemeral, lease, nonGenuine: begin }, 0, terms)).toMatch(/^non-genuine-grace .* 2 notification$/)
  })
})

describe('what a state does to the product', () => {
  const enforcement = { ...policy.enforcement, 'out-of-tolerance-grace': 'limit', notification: 'stop' } as const
  const strict: LicensePolicy = { ...policy, enforcement }

  it('is nothing while licensed, and then what the catalog says', () => {
    const days = [0, 180, 210].map((day) => licenseState(leased, strict, begin + day * 86_400).enforcement)
    expect(days).toEqual(['none', 'limit', 'stop'])
  })

  it('is by default a notice, and never a stop', () => {
    const found = [fresh, leased, { ...leased, nonGenuine: begin }, { ...fresh, key: 'none' } as const].flatMap(
      (record) => [0, 31, 180, 210].map((day) => licenseState(record, policy, begin + days(day)).enforcement),
    )
    expect([...new Set(found)].toSorted()).toEqual(['none', 'notify'])
  })

  it('is shown before it bites: the state to come, from when, and what it will do', () => {
    expect(licenseState(leased, strict, begin)).toEqual({
      state: 'licensed',
      until: ends,
      next: 'out-of-tolerance-grace',
      enforcement: 'none',
      upcoming: { state: 'out-of-tolerance-grace', enforcement: 'limit', at: ends },
    })
    expect(licenseState(leased, strict, ends).upcoming).toEqual({
      state: 'notification',
      enforcement: 'stop',
      at: ends + days(30),
    })
    expect(licenseState(leased, strict, ends + days(30)).upcoming).toBeUndefined()
  })
})

describe('any record at any time', () => {
  it('has a state, with a reason unless it is licensed', () => {
    fc.assert(
      fc.property(records, policies, fc.integer(), (record, terms, now) => {
        const { state, reason } = licenseState(record, terms, now)
        expect(state in licenseStates).toBe(true)
        expect(reason === undefined).toBe(state === 'licensed')
      }),
    )
  })

  it('reaches the same state in one jump as in many steps, so sleep changes nothing', () => {
    fc.assert(
      fc.property(records, policies, times, times, (record, terms, one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)]
        expect(walk(record, terms, from, to)).toBe(licenseState(record, terms, to).state)
      }),
    )
  })

  it('holds its state until the second it names, and not one longer', () => {
    fc.assert(
      fc.property(records, policies, times, (record, terms, now) => {
        const here = licenseState(record, terms, now)
        if (here.until === undefined) return
        expect(now).toBeLessThan(here.until)
        expect(licenseState(record, terms, here.until - 1)).toEqual(here)
        expect(licenseState(record, terms, here.until).state).not.toBe(here.state)
      }),
    )
  })

  it('is in a state without an end for ever', () => {
    fc.assert(
      fc.property(records, policies, times, fc.nat(days(4_000)), (record, terms, now, later) => {
        const here = licenseState(record, terms, now)
        if (here.until === undefined) expect(licenseState(record, terms, now + later).state).toBe(here.state)
      }),
    )
  })

  it('is licensed exactly while a lease runs against which nothing stands', () => {
    fc.assert(
      fc.property(records, policies, times, (record, terms, now) => {
        const { key, lease, nonGenuine, hardwareChanged } = record
        const isRunning = lease !== undefined && (lease.expires === 'never' || now < lease.expires)
        const isWhole = key !== 'none' && nonGenuine === undefined && hardwareChanged === undefined
        expect(licenseState(record, terms, now).state === 'licensed').toBe(isRunning && isWhole)
      }),
    )
  })

  it('leaves the licensed state before the lease ends only for a reason that says why', () => {
    fc.assert(
      fc.property(records, policies, times, (record, terms, now) => {
        const { lease } = record
        const { state, reason } = licenseState(record, terms, now)
        if (lease === undefined || state === 'licensed' || (lease.expires !== 'never' && now >= lease.expires)) return
        expect(reason).toMatch(/NON_GENUINE|HARDWARE_OUT_OF_TOLERANCE|NO_PRODUCT_KEY/)
      }),
    )
  })

  it('wins nothing by being found not genuine: who is in notification stays there', () => {
    fc.assert(
      fc.property(records, policies, times, times, (record, terms, found, now) => {
        const genuine = happen(record, { kind: 'found-genuine' })
        const before = licenseState(genuine, terms, now).state
        const { state } = licenseState(happen(genuine, { kind: 'found-non-genuine' }, found), terms, now)
        if (before === 'unlicensed' || before === 'notification') expect(state).toBe(before)
        else expect(state).toMatch(/^(non-genuine-grace|notification)$/)
      }),
    )
  })

  it('shows what is to come exactly as it then is', () => {
    fc.assert(
      fc.property(records, policies, times, (record, terms, now) => {
        const { until, next, upcoming } = licenseState(record, terms, now)
        expect(upcoming === undefined).toBe(until === undefined)
        if (upcoming === undefined) return
        const then = licenseState(record, terms, upcoming.at)
        expect(upcoming).toEqual({ state: then.state, enforcement: then.enforcement, at: until })
        expect(next).toBe(then.state)
      }),
    )
  })
})
