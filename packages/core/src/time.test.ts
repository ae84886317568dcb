import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { after, civilTimeOf, days, fromIso, hours, instantOf, minutes, toIso } from './time.ts'

const year0 = -62_167_219_200
const year10000 = 253_402_300_800
const instants = fc.integer({ min: year0, max: year10000 - 1 })

describe('durations', () => {
  it('are seconds', () => {
    expect([minutes(2), hours(2), days(2), after(days(1), hours(1))]).toEqual([120, 7_200, 172_800, 90_000])
  })
})

describe('ISO times', () => {
  it('are those of Date, without using it', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        expect(toIso(instant)).toBe(new Date(instant * 1000).toISOString().replace('.000', ''))
        expect(fromIso(toIso(instant))).toBe(instant)
      }),
    )
  })

  it('are right on every day of 800 years', () => {
    for (let day = -146_097; day < 146_097; day++) {
      const { year, month, day: dayOfMonth } = civilTimeOf(days(day))
      const date = new Date(days(day) * 1000)
      if (year !== date.getUTCFullYear() || month !== date.getUTCMonth() + 1 || dayOfMonth !== date.getUTCDate()) {
        expect.fail(`day ${day}`)
      }
    }
  })

  it.each([
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-32T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-12-31T23:59:60Z',
    '2026-01-01T00:00:00+00:00',
    '2026-01-01T00:00:00.0Z',
    '2026-01-01',
    '',
  ])('refuse %j', (text) => {
    expect(() => fromIso(text)).toThrow(expect.objectContaining({ code: 'MALFORMED' }))
  })

  it('know leap days', () => {
    for (const text of ['2024-02-29T00:00:00Z', '2000-02-29T00:00:00Z']) expect(toIso(fromIso(text))).toBe(text)
    expect(instantOf({ year: 2100, month: 2, day: 29, hour: 0, minute: 0, second: 0 })).toBeUndefined()
  })
})
