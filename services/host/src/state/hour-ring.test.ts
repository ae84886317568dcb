import fc from 'fast-check'
import { expect, it } from 'vitest'
import { HourRing } from './hour-ring.ts'

it('sums up the hours that have not ended, however far apart they are', () => {
  const steps = fc.array(
    fc.record({ ahead: fc.oneof(fc.nat(50), fc.nat(5_000)), pass: fc.oneof(fc.nat(3), fc.nat(3_000)) }),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(steps, (list) => {
      const ring = new HourRing()
      let now = 490_000
      ring.end(now)
      const hours: number[] = []
      for (const { ahead, pass } of list) {
        ring.add(now + ahead, 1)
        hours.push(now + ahead)
        now += pass
        ring.end(now)
        expect(ring.sum).toBe(hours.filter((hour) => hour >= now).length)
        const [oldest] = hours
        if (oldest === undefined || ahead % 2 === 0) continue
        ring.add(oldest, -1)
        hours.shift()
        expect(ring.sum).toBe(hours.filter((hour) => hour >= now).length)
      }
    }),
  )
})
