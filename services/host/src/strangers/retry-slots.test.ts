import { describe, expect, it } from 'vitest'
import { retryBounds } from './limits.ts'
import { RetrySlots } from './retry-slots.ts'

describe('retry slots (rule 39)', () => {
  it('spread those that are sent away at the pace at which they can be taken in', () => {
    const slots = new RetrySlots(20)
    const given = Array.from({ length: 2_000 }, () => slots.next(1_000))
    expect(given[0]).toBe(retryBounds.soonest)
    expect(given.at(-1)).toBe(retryBounds.soonest + 100)
    const busiest = Math.max(...given.map((slot) => given.filter((other) => other === slot).length))
    expect(busiest).toBeLessThanOrEqual(21)
  })

  it('keep to what a client holds on to, whatever comes', () => {
    const slots = new RetrySlots(1)
    const given = Array.from({ length: 50_000 }, () => slots.next(0))
    expect(Math.min(...given)).toBe(retryBounds.soonest)
    expect(Math.max(...given)).toBe(retryBounds.latest)
  })

  it('begin anew when a while has passed', () => {
    const slots = new RetrySlots(20)
    for (let sent = 0; sent < 100; sent += 1) slots.next(0)
    expect(slots.next(10_000)).toBe(retryBounds.soonest)
  })
})
