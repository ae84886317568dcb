import { describe, expect, it } from 'vitest'
import { days, minutes } from '../time.ts'
import { defaults } from './defaults.ts'
import { type IntervalPolicy, intervalProblems } from './intervals.ts'

const policy: IntervalPolicy = { ...defaults, force: false }

function fieldsOf(change: Partial<IntervalPolicy>): readonly string[] {
  return intervalProblems({ ...policy, ...change }).map(({ field }) => field)
}

describe('the intervals that a host hands out', () => {
  it('are right by default', () => {
    expect(intervalProblems(policy)).toEqual([])
  })

  it.each([
    [15, 0],
    [14, 1],
    [43_200, 0],
    [43_201, 1],
    [15.5, 0],
    [15.001, 1],
    [Number.NaN, 1],
  ])('are 15 to 43 200 minutes, in whole seconds: %d', (count, problems) => {
    expect(fieldsOf({ activationIntervalSeconds: minutes(count) })).toHaveLength(problems)
    expect(fieldsOf({ renewalIntervalSeconds: minutes(count), force: true })).toHaveLength(problems)
  })

  it('let three renewals fall into the window, unless the vendor forces it', () => {
    expect(fieldsOf({ renewalIntervalSeconds: days(10) })).toEqual([])
    expect(fieldsOf({ renewalIntervalSeconds: days(10) + 1 })).toEqual(['renewalIntervalSeconds'])
    expect(fieldsOf({ renewalIntervalSeconds: days(10) + 1, force: true })).toEqual([])
  })

  it('are told with the value and the way out, all at once', () => {
    const wrong = { activationIntervalSeconds: 60, renewalIntervalSeconds: days(40), windowSeconds: days(30) }
    expect(intervalProblems({ ...wrong, force: false })).toEqual([
      {
        field: 'activationIntervalSeconds',
        message: '60 s is no interval: take 900 to 2592000 s (15 to 43200 minutes)',
      },
      {
        field: 'renewalIntervalSeconds',
        message: '3456000 s is no interval: take 900 to 2592000 s (15 to 43200 minutes)',
      },
      {
        field: 'renewalIntervalSeconds',
        message:
          '3456000 s goes less than 3 times into the window of 2592000 s, so that machines drop out of the count: ' +
          'renew more often, lengthen the window, or force it',
      },
    ])
  })
})
