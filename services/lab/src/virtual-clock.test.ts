import { describe, expect, it } from 'vitest'
import { VirtualClock } from './virtual-clock.ts'

describe('the virtual clock', () => {
  it('starts in the past, stands still, is moved, and never goes back', () => {
    let real = 1_000_000
    const clock = new VirtualClock(() => real, 7_200)
    real += 5
    expect(clock.now()).toBe(992_800)
    clock.moveTo(995_000)
    clock.moveTo(993_000)
    expect(clock.now()).toBe(995_000)
  })

  it('shows the real time once it runs', () => {
    let real = 1_000_000
    const clock = new VirtualClock(() => real, 7_200)
    clock.run()
    clock.moveTo(2_000_000)
    real += 60
    expect(clock.now()).toBe(1_000_060)
  })
})
