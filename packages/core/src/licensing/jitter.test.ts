import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../crypto.ts'
import { hours } from '../time.ts'
import { jitter, type JitterPurpose, partOf } from './jitter.ts'

/** Seeds as machines have them. */
const machines = Array.from({ length: 10_000 }, (_, index) => sha256(new TextEncoder().encode(`machine ${index}`)))
const purposes: readonly JitterPurpose[] = ['start', 'renewal', 'retry', 'network']

/** The largest distance between the share of values below x and x itself, over all x (Kolmogorov and Smirnov). */
function unevenness(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return Math.max(...sorted.map((value, index) => Math.abs(value - (index + 0.5) / sorted.length)))
}

describe('jitter', () => {
  it.each(purposes)('is uniform over 10 000 machines for the same moment: %s', (purpose) => {
    const values = machines.map((seed) => jitter(seed, purpose, 1_798_761_600))
    // 1.95 / √n is exceeded once in a thousand times by what is uniform; these values are always the same.
    expect(unevenness(values)).toBeLessThan(1.95 / Math.sqrt(machines.length))
  })

  it('is uniform over times for one machine, so that who was early once is not always early', () => {
    const [seed = new Uint8Array()] = machines
    const values = Array.from({ length: 10_000 }, (_, index) => jitter(seed, 'retry', 1_798_761_600 + index))
    expect(unevenness(values)).toBeLessThan(1.95 / Math.sqrt(values.length))
  })

  it('gives no second more than twice the mean: 10 000 machines over an hour, by the minute', () => {
    const minutes = new Map<number, number>()
    for (const seed of machines) {
      const minute = Math.floor(partOf(hours(1), jitter(seed, 'start', 0)) / 60)
      minutes.set(minute, (minutes.get(minute) ?? 0) + 1)
    }
    expect(minutes.size).toBe(60)
    expect(Math.max(...minutes.values())).toBeLessThan((2 * machines.length) / 60)
  })

  it('is the same whenever it is asked for, and differs between purposes', () => {
    const [seed = new Uint8Array()] = machines
    const values = purposes.map((purpose) => jitter(seed, purpose, 7))
    expect(purposes.map((purpose) => jitter(seed, purpose, 7))).toEqual(values)
    expect(new Set(values).size).toBe(purposes.length)
  })

  it('lies from 0 to less than 1, and its part from 0 to less than the whole', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(), fc.integer({ min: 1, max: 10_000_000 }), (seed, moment, length) => {
        const value = jitter(seed, 'renewal', moment)
        expect(value).toBeGreaterThanOrEqual(0)
        expect(value).toBeLessThan(1)
        expect(partOf(length, value)).toBeLessThan(length)
        expect(Number.isInteger(partOf(length, value))).toBe(true)
      }),
    )
  })
})
