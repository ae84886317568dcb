import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { days, type Instant } from '../time.ts'
import { honestMachine, randomFrom, type Story, twins } from './forks.fixture.ts'
import { type Branches, branchSign, mostSuperseded, noBranches, twinWindow, withBranchEvent } from './forks.ts'

/** The license after a request that named `shown` was granted where `superseded` was the last grant. */
function after(branches: Branches, shown: string, superseded: string, at: Instant): Branches {
  const sign = branchSign(branches, { prev: shown, last: superseded }, at)
  if (sign === 'none') return branches
  return withBranchEvent(branches, sign === 'fork' ? { sign, superseded } : { sign, superseded, shown }, at)
}

describe('what a request shows of the branches of its license (rule 18)', () => {
  it('is nothing at a first grant, and when it names the last one', () => {
    expect(branchSign(noBranches, { prev: undefined, last: undefined }, 0)).toBe('none')
    expect(branchSign(noBranches, { prev: 'a', last: undefined }, 0)).toBe('none')
    expect(branchSign(noBranches, { prev: 'b', last: 'b' }, 0)).toBe('none')
  })

  it('is a fork when it names an older grant, or none at all', () => {
    expect(branchSign(noBranches, { prev: 'a', last: 'b' }, 0)).toBe('fork')
    expect(branchSign(noBranches, { prev: undefined, last: 'b' }, 0)).toBe('fork')
  })

  it('is a warning when a superseded head is named, and a twin the second time within 60 days', () => {
    const forked = after(noBranches, 'start', 'A1', 0)
    expect(branchSign(forked, { prev: 'A1', last: 'B1' }, days(7))).toBe('fork-again')
    const warned = after(forked, 'A1', 'B1', days(7))
    expect(warned).toEqual({ superseded: ['B1'], told: [], lastSign: days(7) })
    expect(branchSign(warned, { prev: 'B1', last: 'A2' }, days(7) + twinWindow)).toBe('twin')
    expect(branchSign(warned, { prev: 'B1', last: 'A2' }, days(7) + twinWindow + 1)).toBe('fork-again')
  })

  it('is the same twin for who was told and names the same head again, because the answer was lost', () => {
    const warned = after(after(noBranches, 'start', 'A1', 0), 'A1', 'B1', days(7))
    const told = after(warned, 'B1', 'A2', days(14))
    expect(told).toEqual({ superseded: [], told: ['B1'], lastSign: days(14) })
    expect(branchSign(told, { prev: 'B1', last: 'B2' }, days(400))).toBe('twin')
    expect(after(told, 'B1', 'B2', days(400))).toEqual(told)
  })

  it('is no sign when the branch that stays names its head, which the grant to the one that was told has replaced', () => {
    const warned = after(after(noBranches, 'start', 'A1', 0), 'A1', 'B1', days(7))
    const told = after(warned, 'B1', 'A2', days(14))
    expect(branchSign(told, { prev: 'A2', last: 'B2' }, days(21))).toBe('fork')
    const alone = after(told, 'A2', 'B2', days(21))
    expect(branchSign(alone, { prev: 'A3', last: 'A3' }, days(28))).toBe('none')
    expect(branchSign(alone, { prev: 'B2', last: 'A3' }, days(28)), 'the told one has not left').toBe('twin')
  })

  it('rests on the last four superseded heads, each held once', () => {
    const heads = ['1', '2', '2', '3', '4', '5', '6']
    const branches = heads.reduce((before, head) => after(before, 'lost', head, 0), noBranches)
    expect(branches.superseded).toEqual(['3', '4', '5', '6'])
    expect(branches.superseded).toHaveLength(mostSuperseded)
  })

  it('never rests on more than four heads of each sort, whatever is shown', () => {
    const heads = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g')
    fc.assert(
      fc.property(fc.array(fc.tuple(heads, heads, fc.nat(days(90)))), (shows) => {
        const branches = shows.reduce((before, [shown, last, at]) => after(before, shown, last, at), noBranches)
        expect(branches.superseded.length).toBeLessThanOrEqual(mostSuperseded)
        expect(branches.told.length).toBeLessThanOrEqual(mostSuperseded)
        expect(new Set(branches.superseded).size).toBe(branches.superseded.length)
      }),
    )
  })
})

const trials = 2_000

describe(`an honest machine is never taken for twins, in ${trials} trials of 60 weeks (rule 18)`, () => {
  it.each<[string, Story]>([
    ['20 % of requests and of answers are lost', { request: 0.2, answer: 0.2 }],
    ['it crashes, too, having written its requests before', { request: 0.2, answer: 0.2, crash: 0.05 }],
    ['it crashes, and forgets what it had asked', { request: 0.2, answer: 0.2, crash: 0.05, forgetful: true }],
    ['a snapshot is restored now and then', { request: 0.05, answer: 0.05, snapshot: 0.02 }],
    ['it is a kiosk, put back every time', { request: 0.05, answer: 0.05, putBack: 'one' }],
    ['it is put back to two snapshots in turn', { request: 0.05, answer: 0.05, putBack: 'two' }],
    ['its host is restored from an older backup', { request: 0.1, answer: 0.1, backup: 0.02 }],
    ['somebody sends its old requests again', { request: 0.1, answer: 0.1, replay: 0.05 }],
  ])('when %s', (_, story) => {
    const alarms = Array.from({ length: trials }, (__, seed) => honestMachine(seed, story)).filter(Boolean)
    expect(alarms).toHaveLength(0)
  })
})

describe('twins that renew at one host (rule 18)', () => {
  it.each([
    ['AB'.repeat(8), { noted: [1, 1], told: [2, 2] }],
    ['AABB'.repeat(6), { noted: [2, 1], told: [4, 3] }],
    ['AAABBB'.repeat(4), { noted: [3, 1], told: [6, 4] }],
  ])('in the order %s are noted and told as the model says', (order, expected) => {
    expect(twins(order)).toEqual(expected)
  })

  it('weekly in any order, a tenth of requests and answers lost: told after 2 renewals each at the median, 4 at the 99th percentile', () => {
    const loss = { request: 0.1, answer: 0.1 }
    const renewals = Array.from({ length: trials }, (_, seed) => {
      const random = randomFrom(seed + 1_000_000)
      const order = Array.from({ length: 40 }, () => (random() < 0.5 ? 'AB' : 'BA')).join('')
      const { noted, told } = twins(order, seed, loss)
      expect(noted).toBeDefined()
      return Math.min(...(told ?? [Infinity]))
    }).toSorted((a, b) => a - b)
    expect(renewals.at(-1)).toBeLessThan(Infinity)
    expect(renewals[trials / 2]).toBe(2)
    expect(renewals[Math.floor(trials * 0.99)]).toBe(4)
  })
})
