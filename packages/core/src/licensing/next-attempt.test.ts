import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { days, hours, type Instant, minutes } from '../time.ts'
import { spreadSeconds } from './attempt-times.ts'
import { defaults, intervalRange } from './defaults.ts'
import { intervalsInForce } from './intervals-in-force.ts'
import { attempted, type AttemptResult, type FailedAttempt } from './last-attempt.ts'
import { begin, fresh, leased, licenseArbitraries, policy } from './license.fixture.ts'
import type { LicenseRecord } from './license-record.ts'
import { licenseState } from './license-state.ts'
import { type AttemptCase, nextAttempt, type PlannedAttempt } from './next-attempt.ts'

const { policies, records, times } = licenseArbitraries(fc)

const seed = new Uint8Array(32).fill(7)
const intervals = intervalsInForce(defaults)
const mak: LicenseRecord = { ...fresh, key: 'mak', lease: { expires: 'never', granted: begin } }

/** Plans the next attempt of a machine that has been awake since the beginning. */
function plan(record: LicenseRecord, now: Instant, more: Partial<AttemptCase> = {}): PlannedAttempt | undefined {
  const state = licenseState(record, policy, now).state
  return nextAttempt({ seed, intervals, record, state, awake: begin, ...more }, now)
}

const failed = attempted({ outcome: 'unreachable' }, begin + days(7)) as FailedAttempt

describe('the next attempt', () => {
  it('is made at the start, within a minute, where there is no lease', () => {
    const { at = 0, cause } = plan(fresh, begin) ?? {}
    expect(cause).toBe('start')
    expect(at - begin).toBeGreaterThanOrEqual(0)
    expect(at - begin).toBeLessThan(spreadSeconds)
  })

  it('is a renewal after up to 7 days, where there is one', () => {
    const { at = 0, cause } = plan(leased, begin) ?? {}
    expect(cause).toBe('renewal')
    expect(at).toBeGreaterThan(begin + days(6.3))
    expect(at).toBeLessThanOrEqual(begin + days(7))
  })

  it('is made at the start, too, when half of the renewal interval is over, as on a machine that is seldom on', () => {
    const half = begin + days(3.5)
    expect(plan(leased, half, { awake: half - 1 })?.cause).toBe('renewal')
    const { at = 0, cause } = plan(leased, half, { awake: half }) ?? {}
    expect(cause).toBe('start')
    expect(at - half).toBeLessThan(spreadSeconds)
  })

  it('after sleep counts as one at the start: what was tried before does not hold it back', () => {
    const woken = failed.at + minutes(20)
    expect(plan(leased, woken, { awake: woken, last: failed })?.cause).toBe('start')
  })

  it('after a failed one comes within the activation interval of 120 minutes', () => {
    const { at = 0, cause } = plan(leased, failed.at, { last: failed }) ?? {}
    expect(cause).toBe('retry')
    expect(at).toBeGreaterThan(failed.at + minutes(90))
    expect(at).toBeLessThanOrEqual(failed.at + minutes(120))
  })

  it('after a refusal that named a time comes then, and not for any change of the network', () => {
    const refused = attempted({ outcome: 'refused', retryAfterSeconds: hours(4) }, begin)
    const more = { last: refused, networkChanged: begin + 30 }
    const { at = 0, cause } = plan(fresh, begin + 60, more) ?? {}
    expect(cause).toBe('retry')
    expect(at).toBeGreaterThanOrEqual(begin + hours(4))
    expect(at).toBeLessThan(begin + hours(5))
  })

  it('after a grant that has not led to licensed is made as any other', () => {
    const voided = { ...leased, nonGenuine: begin + days(1) }
    const { at = 0, cause } = plan(voided, begin + days(1), { last: { outcome: 'granted', at: begin } }) ?? {}
    expect(cause).toBe('retry')
    expect(at).toBeLessThanOrEqual(begin + minutes(120))
  })

  it('of a granted machine counts from its own clock: a host with another one is neither asked at once nor forgotten', () => {
    for (const granted of [begin - days(10), begin + hours(3)]) {
      const lease = { expires: granted + days(180), granted }
      const { at = 0 } = plan({ ...leased, lease }, begin, { last: { outcome: 'granted', at: begin } }) ?? {}
      expect(at).toBeGreaterThan(begin + days(6.3))
      expect(at).toBeLessThanOrEqual(begin + days(7))
    }
  })

  it('is none without a key and with an activated MAK', () => {
    expect(plan({ ...fresh, key: 'none' }, begin)).toBeUndefined()
    expect(plan(mak, begin, { last: failed })).toBeUndefined()
    expect(plan({ ...mak, nonGenuine: begin }, begin)?.cause).toBe('start')
  })

  it('is made for the new kind of key after a conversion, while the lease of the other goes on', () => {
    expect(plan({ ...mak, key: 'volume' }, begin)?.cause).toBe('start')
    expect(plan({ ...leased, key: 'mak' }, begin)?.cause).toBe('start')
  })
})

describe('a change of the network', () => {
  const during = failed.at + minutes(5)

  it('within 15 minutes of a failed attempt brings another, spread over a minute', () => {
    const { at = 0, cause } = plan(leased, during, { last: failed, networkChanged: during }) ?? {}
    expect(cause).toBe('network-change')
    expect(at - during).toBeGreaterThanOrEqual(0)
    expect(at - during).toBeLessThan(spreadSeconds)
  })

  it('later than that brings none before the next is due', () => {
    const later = failed.at + minutes(15)
    expect(plan(leased, later, { last: failed, networkChanged: later })).toEqual(plan(leased, later, { last: failed }))
  })

  it('over and over brings an attempt a minute at most, for 15 minutes in all', () => {
    let [last, attempts] = [failed, 0]
    for (let now = failed.at; now < failed.at + hours(1); now += 1) {
      const { at = 0 } = plan(leased, now, { last, networkChanged: Math.ceil((last.at + 1) / 10) * 10 }) ?? {}
      if (at > now) continue
      last = attempted({ outcome: 'unreachable' }, now, last) as FailedAttempt
      attempts += 1
    }
    expect(attempts).toBeGreaterThan(5)
    expect(attempts).toBeLessThanOrEqual(16)
  })
})

describe('times that are still to come, told by a clock that was wrong (rule 42)', () => {
  const future = begin + days(9_999)

  it('make the next attempt due, not distant', () => {
    expect(plan(fresh, begin, { awake: future })?.at).toBeLessThanOrEqual(begin)
    expect(plan(fresh, begin, { last: { ...failed, at: future } })?.at).toBeLessThan(begin + spreadSeconds)
    const granted = { ...leased, lease: { expires: future + days(180), granted: future } }
    expect(plan(granted, begin)?.at).toBeLessThan(begin + spreadSeconds)
    expect(plan(granted, begin, { awake: future })?.at).toBeLessThanOrEqual(begin)
  })

  it('and once it has been made, the one after it is not due at once', () => {
    for (const outcome of ['granted', 'unreachable'] as const) {
      const { at = 0 } = plan(leased, begin, { awake: future, last: attempted({ outcome }, begin) }) ?? {}
      expect(at).toBeGreaterThan(begin + minutes(90))
    }
  })
})

describe('any machine at any time', () => {
  const interval = fc.integer({ min: intervalRange.min, max: intervalRange.max })
  const results: fc.Arbitrary<AttemptResult> = fc.oneof(
    fc.record({ outcome: fc.constantFrom('granted', 'unreachable') }),
    fc.record({ outcome: fc.constant('refused' as const), retryAfterSeconds: fc.nat() }),
  )
  const cases = fc
    .record({
      record: records,
      terms: policies,
      now: times,
      awake: times,
      last: fc.option(fc.tuple(results, times), { nil: undefined }),
      networkChanged: fc.option(times, { nil: undefined }),
      seed: fc.uint8Array({ minLength: 1, maxLength: 32 }),
      intervals: fc.record({ activationIntervalSeconds: interval, renewalIntervalSeconds: interval }),
    })
    .map(({ last, networkChanged, terms, now, ...rest }) => {
      const state = licenseState(rest.record, terms, now).state
      const history = { ...(last && { last: attempted(...last) }), ...(networkChanged && { networkChanged }) }
      return { now, terms, about: { ...rest, ...history, state } satisfies AttemptCase }
    })

  it('asks again within the renewal interval, if it has a key that asks by itself', () => {
    fc.assert(
      fc.property(cases, ({ about, now }) => {
        const { key, lease } = about.record
        const isForGood = about.state === 'licensed' && key === 'mak' && lease?.expires === 'never'
        const attempt = nextAttempt(about, now)
        expect(attempt === undefined).toBe(key === 'none' || isForGood)
        if (attempt === undefined) return
        expect(Number.isInteger(attempt.at)).toBe(true)
        expect(attempt.at).toBeLessThanOrEqual(now + about.intervals.renewalIntervalSeconds)
      }),
    )
  })

  it('plans the same at a later time, until the attempt is due', () => {
    fc.assert(
      fc.property(cases, fc.double({ min: 0, max: 1, noNaN: true }), ({ about, now, terms }, part) => {
        const attempt = nextAttempt(about, now)
        const isBelieved =
          about.awake <= now && (about.last?.at ?? 0) <= now && (about.record.lease?.granted ?? 0) <= now
        if (attempt === undefined || attempt.at <= now || !isBelieved) return
        const later = now + Math.floor((attempt.at - now) * part)
        // Time alone may change the state meanwhile; the lease was then due for renewal long before.
        const state = licenseState(about.record, terms, later).state
        if (state === about.state) expect(nextAttempt(about, later)).toEqual(attempt)
      }),
    )
  })

  it('does not ask twice within ten minutes without a reason', () => {
    fc.assert(
      fc.property(cases, results, ({ about, now }, result) => {
        const attempt = nextAttempt({ ...about, networkChanged: Infinity, last: attempted(result, now) }, now)
        expect(attempt?.at ?? Infinity).toBeGreaterThan(now + minutes(10))
      }),
    )
  })
})
