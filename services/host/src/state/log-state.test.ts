import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { familiesOf } from '@volact/core/catalog/applications'
import { days, hours, type Instant } from '@volact/core/time'
import { forgetOld } from './forget-machines.ts'
import { begin, catalog, digestOf, happenings, History, productId } from './history.fixture.ts'
import { rounds } from '@volact/testkit/rounds'
import { everything } from './everything.fixture.ts'
import type { LogState } from './log-state.ts'
import { ReferenceState } from './reference-state.fixture.ts'

function counts(state: Pick<LogState, 'count'>, now: Instant): unknown {
  return catalog.applications.map((application) =>
    familiesOf(catalog, application).map((family) => state.count(application, family, false, now)),
  )
}

/** Everything that a request could learn of a machine. */
function licenses(state: Pick<LogState, 'license' | 'isChange'>): unknown {
  return [0, 1, 2, 3, 4, 5].map((machine) =>
    [...catalog.products.keys(), catalog.products.length].map((product) => {
      const id = digestOf('machine', machine)
      const license = state.license(id, productId(product))
      return license && [license.index, license.cti, license.req, license.expires]
    }),
  )
}

describe('the state of a ledger', () => {
  it('says the same as maps of objects do, after any history (rules 24, 34, 35, 36)', () => {
    fc.assert(
      fc.property(happenings, (list) => {
        const history = new History()
        const { state } = history
        const reference = new ReferenceState(catalog, [])
        for (const happening of list.filter(({ what, flags }) => what !== 'disputed' && flags !== 4)) {
          const before = history.entries.length
          history.add(happening)
          for (const entry of history.entries.slice(before)) reference.apply(entry)
          expect(counts(state, history.time)).toEqual(counts(reference, history.time))
          expect(licenses(state)).toEqual(licenses(reference))
          expect(state.machines).toBe(reference.machines)
        }
      }),
      { numRuns: rounds(500) },
    )
  })

  it('is what it was before a batch that the disk did not take, and goes on from there', () => {
    fc.assert(
      fc.property(happenings, happenings, happenings, (before, failed, behind) => {
        const history = new History()
        for (const happening of before) history.add(happening)
        history.fail(failed)
        for (const happening of behind) history.add(happening)
        const same = new History()
        for (const happening of before) same.add(happening)
        same.time += failed[0]?.after ?? 0
        for (const happening of behind) same.add(happening)
        expect(everything(history.state, history.time)).toEqual(everything(same.state, same.time))
      }),
      { numRuns: rounds(500) },
    )
  })

  it('forgets a machine with all that it counted for (rule 31)', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, async (list) => {
        const history = new History()
        for (const happening of list) history.add(happening)
        await history.state.forget(digestOf('machine', 0))
        const without = new History()
        let waited = 0
        for (const happening of list) {
          // Time passes without it all the same.
          waited += happening.after
          if (happening.machine === 0) continue
          without.add({ ...happening, after: waited })
          waited = 0
        }
        const now = history.time
        for (const { state } of [history, without]) state.places.figures(undefined, now)
        expect(counts(history.state, now)).toEqual(counts(without.state, now))
        expect(history.state.machines).toBe(without.state.machines)
        expect(history.state.live(now)).toBe(without.state.live(now))
      }),
      { numRuns: rounds(500) },
    )
  })

  it('forgets a machine that has no live lease and did not come for 400 days, and no other (rule 32)', () => {
    const history = new History()
    const grant = { after: 0, product: 0, anchor: 0, flags: 0, what: 'grant' } as const
    history.add({ ...grant, machine: 0 })
    history.add({ ...grant, machine: 0, product: 1 })
    history.add({ ...grant, machine: 1, anchor: 1, after: days(300) })
    const { state } = history
    history.add({ ...grant, machine: 2, anchor: 2, after: days(100) - hours(1) })
    expect(forgetOld(state.parts, 0, 10)).toBe(0)
    expect([state.machines, state.figures().rows]).toEqual([3, 4])
    history.add({ ...grant, machine: 3, anchor: 3, after: hours(1) })
    forgetOld(state.parts, forgetOld(state.parts, 0, 2), 10)
    expect([state.machines, state.figures().rows]).toEqual([3, 3])
    expect(history.ref({ machine: 0, product: 0 })).toBe(-1)
    expect(history.ref({ machine: 1, product: 0 })).not.toBe(-1)
  })

  it('knows since when the hardware of a machine is known, whatever its device key is today (rule 37)', () => {
    const history = new History()
    const grant = { after: 0, product: 0, anchor: 0, flags: 0, what: 'grant' } as const
    history.add({ ...grant, machine: 0 })
    history.add({ ...grant, machine: 1, after: days(20) })
    history.add({ ...grant, machine: 1, after: days(20) })
    const seen = (machine: number, anchor: number, weak: boolean): number | undefined => {
      const flags = { weak, virtual: false, ephemeral: false }
      return history.state.firstSeen({
        machine: digestOf('machine', machine),
        anchor: digestOf('anchor', anchor),
        flags,
      })
    }
    const hour = begin - (begin % hours(1))
    expect([seen(1, 0, false), seen(5, 0, false)]).toEqual([hour, hour])
    expect([seen(5, 1, false), seen(5, 0, true)]).toEqual([undefined, undefined])
  })

  it('counts live leases, and keeps the most of each day for the report (rule 19)', () => {
    const history = new History()
    const grant = { after: 0, product: 0, anchor: 0, flags: 0, what: 'grant' } as const
    const { state } = history
    history.add({ ...grant, machine: 0 })
    history.add({ ...grant, machine: 0, product: 4 })
    history.add({ ...grant, machine: 1, after: days(1) })
    history.add({ ...grant, machine: 1, what: 'release' })
    const [office, tools] = catalog.applications.map(({ id }) => id)
    expect(state.liveFigures(history.time)).toEqual({
      live: 2,
      applications: [
        { id: office, live: 1 },
        { id: tools, live: 1 },
      ],
    })
    expect(state.isLive(digestOf('machine', 0), productId(0), begin + days(180) - 1)).toBe(true)
    expect(state.isLive(digestOf('machine', 0), productId(0), begin + days(180))).toBe(false)
    const day = begin - (begin % days(1))
    expect([0, 1, 2].map((after) => state.livePeak(day + days(after), day + days(after + 1)))).toEqual([2, 3, 0])
    expect(state.livePeak(day, day + days(9), tools)).toBe(1)
    expect(state.live(begin + days(180) - hours(2))).toBe(2)
    expect(state.live(begin + days(180))).toBe(0)
  })
})
