import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { days } from '@volact/core/time'
import { believedTime, type ClockMark, raise, setBySignedTime } from './clock-mark.ts'
import { RunningClock } from './running-clock.ts'

const marks = fc.record({ mark: fc.nat(), base: fc.nat() })

describe('the mark of time (rule 42)', () => {
  it('never falls by the local clock, and rises by 30 days beyond the last signed time at most', () => {
    fc.assert(
      fc.property(marks, fc.nat(), fc.nat(days(90)), (before, local, run) => {
        const { mark, base } = raise(before, local, run)
        expect(mark).toBeGreaterThanOrEqual(before.mark)
        expect(mark).toBeLessThanOrEqual(Math.max(before.mark, before.base + days(30) + run))
        expect(base).toBe(before.base)
      }),
    )
  })

  it('is the least that is believed', () => {
    fc.assert(
      fc.property(marks, fc.nat(), (mark, local) => {
        expect(believedTime(mark, local)).toBe(Math.max(mark.mark, local))
      }),
    )
  })

  it('rises further by what has run since the last signed time, while this program saw it', () => {
    let running = 1_000
    const clock = new RunningClock(() => running)
    const signed: ClockMark = { mark: 0, base: 0 }
    const later = days(300)
    expect(clock.raise(signed, later).mark).toBe(days(30))
    running += days(40)
    expect(clock.raise(signed, later).mark).toBe(days(70))
    const renewed: ClockMark = { mark: days(70), base: days(70) }
    expect(clock.raise(renewed, later).mark).toBe(days(100))
  })
})

describe('a clock that a signed time has shown to be ahead (rule 42)', () => {
  it('runs on from the signed time, so that no wrong clock outlives one signed answer', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: days(1) + 1, max: days(40_000) }),
        fc.nat(days(400)),
        (time, ahead, later) => {
          const clock = setBySignedTime(time, time + ahead)
          expect(believedTime(clock, time + ahead + later)).toBe(time + later)
          expect(raise(clock, time + ahead + later, 0).mark).toBe(time + Math.min(later, days(30)))
        },
      ),
    )
  })

  it('is believed again once somebody has set it back', () => {
    const clock = setBySignedTime(1_000, 1_000 + days(30_000))
    expect(believedTime(clock, 5_000)).toBe(5_000)
    expect(believedTime(clock, 500)).toBe(1_000)
  })

  it('is taken as it is while it is ahead by no more than clocks are', () => {
    expect(setBySignedTime(1_000, 1_000 + days(1))).toEqual({ mark: 1_000, base: 1_000 })
  })
})
