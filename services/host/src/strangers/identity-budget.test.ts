import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { days } from '@volact/core/time'
import { IdentityBudget } from './identity-budget.ts'
import { strangerLimits } from './limits.ts'

const midnight = days(20_000)

function takeAll(budget: IdentityBudget, now: number, most: number, address = 'a'): number {
  let taken = 0
  while (taken < most && budget.shortage(address, now) === undefined) {
    budget.spend(address)
    taken += 1
  }
  return taken
}

describe('the budget of new identities (rule 39)', () => {
  it('gives 20 in a second and as many in each one after it, to one address if no other asks', () => {
    const budget = new IdentityBudget(strangerLimits)
    expect(takeAll(budget, midnight, 1_000)).toBe(20)
    expect(budget.shortage('a', midnight)).toBe('this-second')
    expect(budget.nextIn(midnight)).toBeCloseTo(0.05)
    expect(takeAll(budget, midnight + 1, 1_000)).toBe(20)
    expect(takeAll(budget, midnight + 1_000, 1_000)).toBe(20)
  })

  it('takes in 20,000 machines of one address in under an hour', () => {
    const budget = new IdentityBudget(strangerLimits)
    let taken = 0
    let second = 0
    for (; taken < 20_000; second += 1) taken += takeAll(budget, midnight + second, 20_000 - taken)
    expect(second).toBeLessThanOrEqual(1_000)
  })

  it('ends at 100,000 a day, begins again at midnight, and is raised by what was announced until that ends', () => {
    const budget = new IdentityBudget({ ...strangerLimits, perSecond: 1_000_000 })
    expect(takeAll(budget, midnight, 500_000)).toBe(100_000)
    expect(budget.shortage('b', midnight + 5)).toBe('today')
    budget.expect({ machines: 50_000, until: midnight + 100 })
    expect(budget.figures(midnight + 50)).toEqual({ usedToday: 100_000, perDay: 150_000, expected: 50_000 })
    expect(takeAll(budget, midnight + 50, 500_000)).toBe(50_000)
    expect(budget.shortage('b', midnight + 99)).toBe('today')
    expect(takeAll(budget, midnight + days(1), 500_000)).toBe(100_000)
  })

  it('caps an address only where that is set', () => {
    const budget = new IdentityBudget({ ...strangerLimits, perAddressAndDay: 3 })
    expect(takeAll(budget, midnight, 100, 'a')).toBe(3)
    expect(budget.shortage('a', midnight)).toBe('address-today')
    expect(takeAll(budget, midnight, 100, 'b')).toBe(3)
  })

  it('takes back what was no new identity after all', () => {
    const budget = new IdentityBudget({ ...strangerLimits, perAddressAndDay: 5 })
    expect(takeAll(budget, midnight, 100)).toBe(5)
    budget.giveBack('a')
    budget.giveBack('never seen')
    expect(budget.figures(midnight).usedToday).toBe(3)
    expect(takeAll(budget, midnight, 100)).toBe(1)
  })

  it('never gives more than a second keeps and the time run allows, however it is asked', () => {
    const steps = fc.array(fc.tuple(fc.double({ min: 0, max: 3, noNaN: true }), fc.nat(40)), { maxLength: 60 })
    fc.assert(
      fc.property(steps, (asked) => {
        const budget = new IdentityBudget(strangerLimits)
        let now = midnight
        let taken = 0
        for (const [pause, most] of asked) {
          now += pause
          taken += takeAll(budget, now, most)
        }
        expect(taken).toBeLessThanOrEqual(20 + 20 * (now - midnight) + 1e-6)
      }),
    )
  })
})
