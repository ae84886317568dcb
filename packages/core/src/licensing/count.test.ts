import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { days } from '../time.ts'
import { Count, type CountTerms, reportedCount } from './count.ts'
import type { Sighting } from './tally.ts'

const terms: CountTerms = { countBy: 'anchor', counts: 'all', windowSeconds: days(30), weakCounts: false }

function machines(strong: number, weak: number, change: Partial<Sighting> = {}): readonly Sighting[] {
  return Array.from({ length: strong + weak }, (_, index) => ({
    machine: `m${index}`,
    anchor: `a${index}`,
    at: 0,
    weak: index >= strong,
    virtual: false,
    ephemeral: false,
    ...change,
  }))
}

function countOf(sightings: readonly Sighting[]): Count {
  const count = new Count([terms])
  for (const seen of sightings) count.record(seen)
  return count
}

describe('the count of an application', () => {
  it.each([
    [0, 5, 0],
    [3, 5, 3],
    [4, 5, 5],
    [20, 2, 22],
    [20, 9, 25],
  ])(
    'takes one weak machine for four strong ones: %d strong and %d weak are %d (rule 35)',
    (strong, weak, effective) => {
      expect(countOf(machines(strong, weak)).count(0, terms)).toEqual({
        effective,
        strong,
        weak,
        weakIgnored: strong + weak - effective,
      })
    },
  )

  it('takes all weak ones where the certificate says so (rule 35)', () => {
    const counted = countOf(machines(3, 9)).count(0, { ...terms, weakCounts: true })
    expect(counted).toEqual({ effective: 12, strong: 3, weak: 9, weakIgnored: 0 })
  })

  it('never falls when another machine comes', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), (strong, weak) => {
        const effective = (more: readonly [number, number]) => {
          return countOf(machines(strong + more[0], weak + more[1])).count(0, terms).effective
        }
        expect(effective([1, 0])).toBeGreaterThan(effective([0, 0]))
        expect(effective([0, 1])).toBeGreaterThanOrEqual(effective([0, 0]))
      }),
    )
  })

  it('is shared by its families: three desktops and two servers make five for both', () => {
    const desktop = { ...terms, slug: 'desktop', threshold: 25 }
    const server = { ...terms, slug: 'server', threshold: 5 }
    const count = new Count([desktop, server])
    for (const seen of machines(5, 0)) count.record(seen)
    expect([count.count(0, desktop).effective, count.count(0, server).effective]).toEqual([5, 5])
  })

  it('follows each family’s own rule over the same sightings', () => {
    const lab: CountTerms = { ...terms, countBy: 'machine' }
    const physical: CountTerms = { ...terms, counts: 'physical' }
    const short: CountTerms = { ...terms, windowSeconds: days(1) }
    const count = new Count([terms, lab, physical, short])
    for (const seen of machines(4, 0, { anchor: 'one', virtual: true })) count.record(seen)
    expect([terms, lab, physical].map((rule) => count.count(0, rule).effective)).toEqual([1, 4, 0])
    expect([terms, lab, physical, short].map((rule) => count.count(days(2), rule).effective)).toEqual([1, 4, 0, 0])
  })

  it('is not to be had for a rule it was not set up for: that is a bug of the caller', () => {
    expect(() => countOf([]).count(0, { ...terms, windowSeconds: days(7) })).toThrow(
      'this count was not set up for the rule anchor/all/604800',
    )
  })
})

describe('the reported count', () => {
  it('is the true one up to twice the largest threshold of the application, and no more', () => {
    expect([0, 30, 50, 51, 10_000].map((count) => reportedCount(count, 25))).toEqual([0, 30, 50, 50, 50])
    expect(reportedCount(200, 5)).toBe(10)
  })

  it('hides nothing that a threshold asks for', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(200), fc.nat(200), (count, threshold, other) => {
        const reported = reportedCount(count, Math.max(threshold, other))
        expect(reported >= threshold).toBe(count >= threshold)
      }),
    )
  })
})
