import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { days, hours, minutes } from '../time.ts'
import { formatDuration, parseDuration } from './duration.ts'

describe('durations', () => {
  it.each([
    ['30d', days(30)],
    ['24h', hours(24)],
    ['120min', minutes(120)],
    ['0d', 0],
    ['none', 0],
  ])('reads %s', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds)
  })

  it.each(['', '30', 'd', '030d', '-1d', '+1d', '1.5h', '30 d', '30D', '30m', '1w', '1h30min', '1234567890d', '٣d'])(
    'reads no duration from %j',
    (text) => {
      expect(parseDuration(text)).toBeUndefined()
    },
  )

  it('writes any whole number of minutes so that it is read back, in the largest unit that fits', () => {
    fc.assert(fc.property(fc.nat(10_000_000), (count) => parseDuration(formatDuration(count * 60)) === count * 60))
    expect([0, days(1), hours(36), minutes(90)].map(formatDuration)).toEqual(['none', '1d', '36h', '90min'])
  })
})
