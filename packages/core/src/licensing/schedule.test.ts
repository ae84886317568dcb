import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { days, hours, type Instant, minutes } from '../time.ts'
import { defaults } from './defaults.ts'
import { intervalsInForce } from './intervals-in-force.ts'
import { attempted } from './last-attempt.ts'
import { applyLicenseEvent } from './license-event.ts'
import { begin, fresh, happen, leased, licenseArbitraries, policy } from './license.fixture.ts'
import type { LicensePolicy } from './license-policy.ts'
import type { LicenseRecord } from './license-record.ts'
import { licenseState } from './license-state.ts'
import { planNext, type Situation, type Step } from './schedule.ts'

const { policies, records, times } = licenseArbitraries(fc)

const seed = new Uint8Array(32).fill(7)
const base = { policy, seed, intervals: intervalsInForce(defaults), awake: begin }

/** The first step of a plan, which is due or to come. */
function first(situation: Situation, now: Instant): Step | undefined {
  return planNext(situation, now).steps[0]
}

/** Does every step when it comes, with a host that is back at a time, and says when the machine is licensed again. */
function licensedAgain(start: Situation, now: Instant, back: Instant): Instant {
  let [situation, time] = [start, now]
  for (let round = 0; round < 200; round += 1) {
    const attempt = planNext(situation, time).steps.find(({ kind }) => kind === 'attempt')
    time = Math.max(time, attempt?.at ?? Infinity)
    const isUp = time >= back
    if (isUp) {
      const lease = { expires: time + days(180), granted: time }
      const record = happen(situation.record, { kind: 'activated', ...lease }, time, situation.policy)
      expect(licenseState(record, situation.policy, time).state).toBe('licensed')
      return time
    }
    situation = { ...situation, last: attempted({ outcome: 'unreachable' }, time) }
  }
  throw new Error('it is not licensed after 200 attempts')
}

describe('a plan', () => {
  it('has every kind of step, the soonest first', () => {
    const { steps } = planNext({ ...base, record: leased }, begin)
    expect(steps.map(({ kind }) => kind)).toEqual(['attempt', 'warn', 'state-change'])
    expect(steps.slice(1).map(({ at }) => at)).toEqual([begin + days(150), begin + days(180)])
  })

  it('says until when the network is watched after a failed attempt', () => {
    const last = attempted({ outcome: 'unreachable' }, begin)
    const situation = { ...base, record: fresh, last }
    expect(planNext(situation, begin + 1).watchUntil).toBe(begin + minutes(15))
    expect(planNext(situation, begin + minutes(15)).watchUntil).toBeUndefined()
    expect(
      planNext({ ...situation, last: attempted({ outcome: 'granted' }, begin) }, begin + 1).watchUntil,
    ).toBeUndefined()
    expect(planNext({ ...base, record: fresh }, begin + 1).watchUntil).toBeUndefined()
  })

  it('has nothing to ask or to change without a key, and nothing at all with an activated MAK', () => {
    const removed = {
      ...base,
      record: { ...fresh, key: 'none' } as const,
      last: attempted({ outcome: 'unreachable' }, begin),
    }
    expect(planNext(removed, begin)).toEqual({ steps: [{ kind: 'warn', at: 0 }] })
    const mak: LicenseRecord = { ...fresh, key: 'mak', lease: { expires: 'never', granted: begin } }
    expect(planNext({ ...base, record: mak }, begin)).toEqual({ steps: [] })
  })

  it('follows the intervals of the host once a receipt has brought them (rule 24)', () => {
    const told = { activationIntervalSeconds: minutes(30), renewalIntervalSeconds: days(1) }
    const situation = { ...base, record: leased, intervals: intervalsInForce(policyIntervals, told) }
    expect(first(situation, begin)?.at).toBeLessThanOrEqual(begin + days(1))
    const last = attempted({ outcome: 'unreachable' }, begin)
    expect(first({ ...situation, last }, begin)?.at).toBeLessThanOrEqual(begin + minutes(30))
  })
})

const policyIntervals = intervalsInForce(defaults)

describe('one jump in time', () => {
  it('gives the same plan as many steps: times are absolute, and a plan stands until its first step', () => {
    fc.assert(
      fc.property(records, policies, times, times, (record, terms: LicensePolicy, one, other) => {
        const situation = { ...base, policy: terms, record }
        const [early, late] = [Math.min(one, other), Math.max(one, other)]
        const next = first(situation, early)
        const isBelieved = (record.lease?.granted ?? 0) <= early
        if (next === undefined || !isBelieved || late >= next.at) return
        expect(planNext(situation, late)).toEqual(planNext(situation, early))
      }),
    )
  })

  it('over everything that was planned leaves one attempt due, one reminder, and the state of now', () => {
    const woken = begin + days(205)
    const { steps } = planNext({ ...base, record: leased, reminded: begin + days(150) }, woken)
    expect(steps.map(({ kind, at }) => [kind, at <= woken])).toEqual([
      ['attempt', true],
      ['warn', true],
      ['state-change', false],
    ])
  })
})

describe('a reachable host with a sufficient count', () => {
  it('brings a machine with a key back to licensed from any state, within 120 minutes and without a human', () => {
    const outages = fc.nat(days(10))
    fc.assert(
      fc.property(records, policies, times, outages, (record, terms, now, outage) => {
        const { state } = licenseState(record, terms, now)
        if (record.key === 'none' || state === 'licensed') return
        const back = now + outage
        const again = licensedAgain({ ...base, policy: terms, record, awake: now }, now, back)
        expect(again - back).toBeLessThanOrEqual(hours(2))
      }),
      { numRuns: 50 },
    )
  })

  it('keeps a machine licensed that finds it one time in twenty', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        let situation: Situation = { ...base, seed: bytes, record: leased }
        let now = begin
        for (let asked = 1; asked <= 100; asked += 1) {
          const attempt = planNext(situation, now).steps.find(({ kind }) => kind === 'attempt')
          now = Math.max(now, attempt?.at ?? Infinity)
          expect(licenseState(situation.record, policy, now).state).toBe('licensed')
          const outcome = asked % 20 === 0 ? 'granted' : 'unreachable'
          const event = { kind: 'activated', expires: now + days(180), granted: now } as const
          const change =
            outcome === 'granted' ? applyLicenseEvent(situation.record, event, policy, now) : situation.record
          situation = { ...situation, record: change as LicenseRecord, last: attempted({ outcome }, now) }
        }
      }),
      { numRuns: 10 },
    )
  })
})
