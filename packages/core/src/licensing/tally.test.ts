import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { days, hours, type Instant, minutes } from '../time.ts'
import { type CountRule, type Sighting, Tally } from './tally.ts'

const rule: CountRule = { countBy: 'anchor', counts: 'all', windowSeconds: days(30) }
// Midnight, 1 January 2027.
const midnight = 1_798_761_600

function sighting(change: Partial<Sighting> = {}): Sighting {
  return { machine: 'm', anchor: 'a', at: midnight, weak: false, virtual: false, ephemeral: false, ...change }
}

function counted(sightings: readonly Sighting[], now: Instant, terms: CountRule = rule): readonly [number, number] {
  const tally = new Tally(terms)
  for (const seen of sightings) tally.record(seen)
  tally.expire(now)
  return [tally.strong, tally.weak]
}

/** The definition, said once more and slowly: the last sighting of each machine, those within the window, distinct. */
function definition(sightings: readonly Sighting[], now: Instant, terms: CountRule): readonly [number, number] {
  const hour = (time: number) => Math.floor(time / 3_600)
  const last = [...new Map(sightings.map((seen) => [seen.machine, seen])).values()]
  const live = last
    .filter(({ at }) => hour(now) < hour(at) + hour(terms.windowSeconds))
    .filter(({ ephemeral, virtual }) => !ephemeral && !(virtual && terms.counts === 'physical'))
  if (terms.countBy === 'machine') return [live.length, 0]
  return [
    new Set(live.filter(({ weak }) => !weak).map(({ anchor }) => anchor)).size,
    live.filter(({ weak }) => weak).length,
  ]
}

const rules = fc.record({
  countBy: fc.constantFrom('anchor', 'machine'),
  counts: fc.constantFrom('all', 'physical'),
  windowSeconds: fc.constantFrom(hours(1), hours(5), days(30)),
})

/** Few machines, few anchors and short times, so that they meet; in order of time, as a ledger has them. */
const histories = fc
  .array(
    fc.record({
      machine: fc.constantFrom('m1', 'm2', 'm3', 'm4', 'm5'),
      anchor: fc.constantFrom('a1', 'a2', 'a3'),
      at: fc.nat(hours(12)).map((seconds) => midnight + seconds),
      weak: fc.boolean(),
      virtual: fc.boolean(),
      ephemeral: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  .map((sightings) => sightings.toSorted((a, b) => a.at - b.at))
const later = fc.nat(days(40)).map((seconds) => midnight + hours(12) + seconds)

describe('the tally', () => {
  it('is what its definition says, for any history and rule (rule 35)', () => {
    fc.assert(
      fc.property(histories, rules, later, (history, terms, now) => {
        expect(counted(history, now, terms)).toEqual(definition(history, now, terms))
      }),
    )
  })

  it('is the same whether time passes at once or in many steps between the sightings, so sleep changes nothing', () => {
    fc.assert(
      fc.property(histories, rules, later, (history, terms, now) => {
        const stepwise = new Tally(terms)
        for (const seen of history) {
          stepwise.expire(seen.at)
          stepwise.record(seen)
        }
        for (let at = midnight + hours(12); at < now; at += hours(7)) stepwise.expire(at)
        stepwise.expire(now)
        expect([stepwise.strong, stepwise.weak]).toEqual(counted(history, now, terms))
      }),
    )
  })

  it('is restored by the same sightings after a restart, however often they are read', () => {
    fc.assert(
      fc.property(histories, rules, later, (history, terms, now) => {
        const twice = history.flatMap((seen) => [seen, seen])
        expect(counted(twice, now, terms)).toEqual(counted(history, now, terms))
      }),
    )
  })

  it('never rises by time alone, and ends at nothing when the window has passed', () => {
    fc.assert(
      fc.property(histories, rules, later, later, (history, terms, one, other) => {
        const [early, late] = [
          counted(history, Math.min(one, other), terms),
          counted(history, Math.max(one, other), terms),
        ]
        expect(late[0]).toBeLessThanOrEqual(early[0])
        expect(late[1]).toBeLessThanOrEqual(early[1])
        expect(counted(history, midnight + hours(13) + days(30), terms)).toEqual([0, 0])
      }),
    )
  })
})

describe('the window', () => {
  it.each([
    ['seen at midnight, the second before midnight 30 days later', 0, days(30) - 1, 1],
    ['seen at midnight, midnight 30 days later', 0, days(30), 0],
    ['seen in the last second of the hour, the second before the same midnight', hours(1) - 1, days(30) - 1, 1],
    ['seen in the last second of the hour, the same midnight', hours(1) - 1, days(30), 0],
    ['seen when the next hour begins, the same midnight', hours(1), days(30), 1],
    ['seen when the next hour begins, an hour after it', hours(1), days(30) + hours(1), 0],
    ['seen in the second before midnight, 30 days less an hour later', -1, days(30) - hours(1), 0],
  ])('counts by the hour that contact fell in: %s', (_, at, now, count) => {
    expect(counted([sighting({ at: midnight + at })], midnight + now)).toEqual([count, 0])
  })

  it('is never longer than the rule says and at most an hour shorter', () => {
    fc.assert(
      fc.property(fc.nat(days(2)), (offset) => {
        const at = midnight + offset
        expect(counted([sighting({ at })], at + days(30))).toEqual([0, 0])
        expect(counted([sighting({ at })], at + days(30) - hours(1))).toEqual([1, 0])
      }),
    )
  })

  it('slides with every contact', () => {
    const history = [0, 7, 14, 21, 28, 35].map((day) => sighting({ at: midnight + days(day) }))
    expect(counted(history, midnight + days(64))).toEqual([1, 0])
    expect(counted(history, midnight + days(65))).toEqual([0, 0])
  })

  it('has 25 machines become 23 when two travel for a month, and 25 when two newcomers ask (the documented example)', () => {
    const tally = new Tally(rule)
    const see = (number: number, at: Instant) => {
      tally.record(sighting({ machine: `m${number}`, anchor: `a${number}`, at }))
    }
    for (let number = 1; number <= 25; number += 1) see(number, midnight)
    for (let number = 1; number <= 23; number += 1) see(number, midnight + days(29))
    tally.expire(midnight + days(30))
    expect(tally.strong).toBe(23)
    for (const newcomer of [26, 27]) see(newcomer, midnight + days(30) + minutes(5))
    expect(tally.strong).toBe(25)
  })

  it('does not let a sighting in that has lapsed already, nor an older one undo a newer', () => {
    const tally = new Tally(rule)
    tally.expire(midnight + days(31))
    tally.record(sighting())
    expect(tally.strong).toBe(0)
    tally.record(sighting({ at: midnight + days(31) }))
    tally.record(sighting({ at: midnight + days(30), weak: true }))
    expect([tally.strong, tally.weak]).toEqual([1, 0])
  })

  it('does not run backwards: an earlier time changes nothing (rule 43)', () => {
    const tally = new Tally(rule)
    tally.record(sighting())
    tally.expire(midnight + days(31))
    tally.expire(midnight)
    expect(tally.strong).toBe(0)
  })
})

describe('the tricks that fool the reference', () => {
  it('re-arming one machine 25 times makes 25 machine IDs and one anchor: it counts once (rule 35)', () => {
    const rearmed = Array.from({ length: 25 }, (_, turn) => sighting({ machine: `m${turn}`, at: midnight + turn * 60 }))
    expect(counted(rearmed, midnight + hours(1))).toEqual([1, 0])
    expect(counted(rearmed, midnight + hours(1), { ...rule, countBy: 'machine' })).toEqual([25, 0])
  })

  it('rolling a virtual machine back, and asking again with the old identity or a new one, does not move the count', () => {
    const fleet = [1, 2, 3].map((number) => sighting({ machine: `m${number}`, anchor: `a${number}` }))
    const rolledBack = Array.from({ length: 20 }, (_, turn) =>
      sighting({ machine: turn % 2 === 0 ? 'm1' : `new${turn}`, anchor: 'a1', virtual: true, at: midnight + turn }),
    )
    expect(counted([...fleet, ...rolledBack], midnight + hours(1))).toEqual([3, 0])
  })

  it('changing one machine’s hardware again and again leaves one anchor, the last (rule 36)', () => {
    const changed = Array.from({ length: 25 }, (_, turn) => sighting({ anchor: `a${turn}`, at: midnight + turn * 60 }))
    expect(counted(changed, midnight + hours(1))).toEqual([1, 0])
  })
})

describe('who counts', () => {
  it('an anchor stands as long as one of its machines does', () => {
    const shared = [sighting({ machine: 'm1' }), sighting({ machine: 'm2', at: midnight + days(10) })]
    expect(counted(shared, midnight + days(31))).toEqual([1, 0])
    expect(
      counted([...shared, sighting({ machine: 'm2', anchor: 'b', at: midnight + days(11) })], midnight + days(12)),
    ).toEqual([2, 0])
  })

  it('ephemeral machines never do (rule 38), nor virtual ones where only physical ones count', () => {
    expect(counted([sighting({ ephemeral: true })], midnight)).toEqual([0, 0])
    expect(counted([sighting({ virtual: true })], midnight)).toEqual([1, 0])
    expect(counted([sighting({ virtual: true })], midnight, { ...rule, counts: 'physical' })).toEqual([0, 0])
  })

  it('weak ones are told apart by machine ID, since they may share an anchor; by machine ID nobody is weak (rule 35)', () => {
    const weak = [1, 2, 3].map((number) => sighting({ machine: `m${number}`, weak: true }))
    expect(counted(weak, midnight)).toEqual([0, 3])
    expect(counted([...weak, sighting({ machine: 'm1', at: midnight + 1 })], midnight + 1)).toEqual([1, 2])
    expect(counted(weak, midnight, { ...rule, countBy: 'machine' })).toEqual([3, 0])
  })
})
