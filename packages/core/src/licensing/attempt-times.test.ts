import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { days, hours, minutes } from '../time.ts'
import {
  type Asker,
  postponedTime,
  renewalInterval,
  renewalTime,
  retryTime,
  spreadSeconds,
  spreadTime,
} from './attempt-times.ts'
import { defaults, intervalRange, renewalsPerWindow } from './defaults.ts'
import { intervalsInForce } from './intervals-in-force.ts'
import { begin, leased } from './license.fixture.ts'
import type { HeldLease } from './license-record.ts'

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 })
const interval = fc.integer({ min: intervalRange.min, max: intervalRange.max })
const askers: fc.Arbitrary<Asker> = fc.record({
  seed: seeds,
  intervals: fc.record({ activationIntervalSeconds: interval, renewalIntervalSeconds: interval }),
})
const usual = (seed: Uint8Array): Asker => ({ seed, intervals: intervalsInForce(defaults) })
const lease: HeldLease = { expires: begin + days(180), granted: begin }

/** Renews one after the other from the beginning, and gives the times. */
function renewals(asker: Asker, count: number): readonly number[] {
  return Array.from({ length: count }).reduce<readonly number[]>((times) => {
    return [...times, renewalTime(asker, lease, times.at(-1) ?? begin)]
  }, [])
}

describe('a renewal', () => {
  it('comes up to a tenth before its interval ends, and never after', () => {
    fc.assert(
      fc.property(seeds, fc.nat(days(400)), (seed, offset) => {
        const waited = renewalTime(usual(seed), lease, begin + offset) - begin - offset
        expect(waited).toBeGreaterThan(days(7) * 0.9)
        expect(waited).toBeLessThanOrEqual(days(7))
      }),
    )
  })

  it('still falls three times into the window, whatever the jitter', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const longest = { ...defaults, renewalIntervalSeconds: defaults.windowSeconds / renewalsPerWindow }
        const asker = { seed, intervals: intervalsInForce(longest) }
        expect(renewals(asker, renewalsPerWindow).at(-1)).toBeLessThanOrEqual(begin + defaults.windowSeconds)
      }),
    )
  })

  it('comes at the half of a lease that is shorter than two intervals, but not within 15 minutes', () => {
    const asker = usual(new Uint8Array(32))
    expect(renewalInterval(asker, { expires: begin + hours(24), granted: begin })).toBe(hours(12))
    expect(renewalInterval(asker, { expires: begin + 10, granted: begin })).toBe(minutes(15))
    expect(renewalInterval(asker, { expires: 'never', granted: begin })).toBe(days(7))
    expect(renewalInterval(asker, { ...lease, ...leased.lease })).toBe(days(7))
  })
})

describe('a retry', () => {
  it('comes up to a quarter before the activation interval ends, and never after', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const waited = retryTime(usual(seed), begin) - begin
        expect(waited).toBeGreaterThan(minutes(90))
        expect(waited).toBeLessThanOrEqual(minutes(120))
      }),
    )
  })

  it('is never rarer than a renewal would be', () => {
    fc.assert(
      fc.property(askers, (asker) => {
        expect(retryTime(asker, begin) - begin).toBeLessThanOrEqual(asker.intervals.renewalIntervalSeconds)
      }),
    )
  })
})

describe('a retry for which a host named a time', () => {
  it('comes from 15 minutes to the renewal interval, whatever the host says: it is unsigned (rule 24)', () => {
    fc.assert(
      fc.property(askers, fc.nat(), (asker, asked) => {
        const waited = postponedTime(asker, begin, asked) - begin
        expect(waited).toBeGreaterThanOrEqual(intervalRange.min)
        expect(waited).toBeLessThanOrEqual(asker.intervals.renewalIntervalSeconds)
      }),
    )
  })

  it.each([
    [hours(4), hours(4)],
    [0, minutes(15)],
    [days(99), days(5.6)],
  ])('comes not before that time and up to a quarter later, spread: %d s', (asked, earliest) => {
    const waits = Array.from({ length: 100 }, (_, machine) => {
      return postponedTime(usual(Uint8Array.of(machine)), begin, asked) - begin
    })
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(earliest)
    expect(Math.max(...waits)).toBeLessThan(earliest * 1.25)
    expect(new Set(waits).size).toBeGreaterThan(80)
  })
})

it('what may have happened to all machines in one second brings attempts over a minute', () => {
  fc.assert(
    fc.property(seeds, fc.constantFrom('start', 'network'), (seed, purpose) => {
      const waited = spreadTime(usual(seed), purpose, begin) - begin
      expect(waited).toBeGreaterThanOrEqual(0)
      expect(waited).toBeLessThan(spreadSeconds)
    }),
  )
})
