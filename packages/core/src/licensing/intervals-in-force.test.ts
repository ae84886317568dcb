import { describe, expect, it } from 'vitest'
import { days, minutes } from '../time.ts'
import { intervalsInForce } from './intervals-in-force.ts'

const own = { activationIntervalSeconds: minutes(120), renewalIntervalSeconds: days(7) }

describe('the intervals in force', () => {
  it('are those of the client’s policy until a receipt has brought others (rule 24)', () => {
    const told = { activationIntervalSeconds: minutes(30), renewalIntervalSeconds: days(1) }
    expect(intervalsInForce(own)).toEqual(own)
    expect(intervalsInForce(own, told)).toEqual(told)
  })

  it('are from 15 to 43 200 minutes, whoever gave them', () => {
    const wild = { activationIntervalSeconds: 0, renewalIntervalSeconds: days(999) }
    const tamed = { activationIntervalSeconds: minutes(15), renewalIntervalSeconds: minutes(43_200) }
    expect(intervalsInForce(own, wild)).toEqual(tamed)
    expect(intervalsInForce(wild)).toEqual(tamed)
  })
})
