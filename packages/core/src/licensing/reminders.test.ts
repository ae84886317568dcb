import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { days, hours, type Instant } from '../time.ts'
import { begin, fresh, leased, licenseArbitraries, policy } from './license.fixture.ts'
import type { LicensePolicy } from './license-policy.ts'
import type { LicenseRecord } from './license-record.ts'
import { licenseState } from './license-state.ts'
import { nextReminder } from './reminders.ts'

const { policies, records, times } = licenseArbitraries(fc)

interface Span {
  readonly from: Instant
  readonly to: Instant
}

/** The times at which a machine that never sleeps shows a reminder. */
function shownAwake(record: LicenseRecord, { from, to }: Span, terms: LicensePolicy = policy): readonly Instant[] {
  const shown: Instant[] = []
  for (let now = from; now < to;) {
    const state = licenseState(record, terms, now)
    const reminded = shown.at(-1)
    const next = nextReminder({ record, policy: terms, state, ...(reminded !== undefined && { reminded }) }, now)
    if (next !== undefined && next <= now) shown.push(now)
    else now = Math.min(next ?? Infinity, state.until ?? Infinity, to)
  }
  return shown
}

/** How many reminders fall on each day, counted back from the end. */
function perDay(shown: readonly Instant[], end: Instant): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const time of shown) {
    const day = Math.ceil((end - time) / days(1))
    counts.set(day, (counts.get(day) ?? 0) + 1)
  }
  return counts
}

describe('a grace', () => {
  const end = begin + days(30)
  const shown = shownAwake(fresh, { from: begin, to: end })

  it('is reminded of once a day, for two days every 4 hours, and hourly on the last', () => {
    const counts = perDay(shown, end)
    expect([30, 29, 10, 4].map((day) => counts.get(day))).toEqual([1, 1, 1, 1])
    expect([3, 2, 1].map((day) => counts.get(day))).toEqual([6, 6, 24])
  })

  it('is reminded of from its first second to an hour before its end', () => {
    expect([shown[0], shown.at(-1)]).toEqual([begin, end - hours(1)])
    const state = licenseState(fresh, policy, end - 1)
    expect(nextReminder({ record: fresh, policy, state, reminded: end - hours(1) }, end - 1)).toBeUndefined()
  })

  it('is not reminded of in the quiet days of a suite', () => {
    const quiet = shownAwake(fresh, { from: begin, to: end }, { ...policy, quietSeconds: days(25) })
    expect(quiet).toEqual(shown.filter((time) => time >= begin + days(25)))
    expect(shownAwake(fresh, { from: begin, to: end }, { ...policy, quietSeconds: days(30) })).toEqual([])
  })
})

describe('a lease', () => {
  it('is warned of in its last 30 days', () => {
    const shown = shownAwake(leased, { from: begin, to: begin + days(180) })
    expect(shown[0]).toBe(begin + days(150))
    expect(shown).toHaveLength(27 + 6 + 6 + 24)
  })

  it('is warned of in its last sixth, where that is less', () => {
    const day = { ...leased, lease: { expires: begin + days(1), granted: begin } }
    expect(shownAwake(day, { from: begin, to: begin + days(1) })).toEqual(
      [4, 3, 2, 1].map((left) => begin + days(1) - hours(left)),
    )
  })

  it('without an end is not warned of', () => {
    const mak: LicenseRecord = { ...fresh, key: 'mak', lease: { expires: 'never', granted: begin } }
    const state = licenseState(mak, policy, begin)
    expect(nextReminder({ record: mak, policy, state }, begin)).toBeUndefined()
  })
})

it('a grace after a lease is reminded of from its first second', () => {
  expect(shownAwake(leased, { from: begin + days(180), to: begin + days(183) })).toHaveLength(3)
})

it('a notification is shown every hour, a missing key every day', () => {
  const day = { from: begin + days(31), to: begin + days(32) }
  expect(shownAwake(fresh, day)).toHaveLength(24)
  expect(shownAwake({ ...fresh, key: 'none' }, { ...day, to: begin + days(34) })).toHaveLength(3)
})

it('a machine that slept shows one reminder, not ten', () => {
  const now = begin + days(20)
  const state = licenseState(fresh, policy, now)
  const due = nextReminder({ record: fresh, policy, state, reminded: begin + days(3) }, now)
  expect(due).toBe(begin + days(4))
  expect(nextReminder({ record: fresh, policy, state, reminded: now }, now)).toBe(now + days(1))
})

it('a reminder shown by a clock that was ahead does not silence the next', () => {
  const state = licenseState(fresh, policy, begin)
  expect(nextReminder({ record: fresh, policy, state, reminded: begin + days(9_999) }, begin)).toBe(begin)
})

describe('any state', () => {
  it('has its next reminder before its end, and once shown a later one', () => {
    fc.assert(
      fc.property(records, policies, times, times, (record, terms, reminded, now) => {
        const state = licenseState(record, terms, now)
        const next = nextReminder({ record, policy: terms, state, reminded }, now)
        if (next === undefined) return
        expect(next).toBeLessThan(state.until ?? Infinity)
        const shown = Math.max(next, now)
        const then = nextReminder({ record, policy: terms, state, reminded: shown }, shown)
        expect(then ?? Infinity).toBeGreaterThan(shown)
      }),
    )
  })

  it('has the same next reminder whenever it is asked for, until it is shown', () => {
    fc.assert(
      fc.property(records, policies, times, times, (record, terms, reminded, now) => {
        const state = licenseState(record, terms, now)
        const next = nextReminder({ record, policy: terms, state, reminded }, now)
        if (next === undefined || next <= now || reminded > now) return
        expect(nextReminder({ record, policy: terms, state, reminded }, next)).toBe(next)
      }),
    )
  })
})
