import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hours } from '@volact/core/time'
import { PoolPlaces } from './pool-places.ts'

const [machines, products, pools] = [6, 2, 2]

function bytes(value: number, length = 16): Uint8Array {
  return new Uint8Array(length).fill(value)
}

function handleOf(pool: number): string {
  return `0${pool}`.repeat(16)
}

/** What happens one after the other, with the seconds that pass before it. */
const happenings = fc.array(
  fc.record({
    after: fc.nat(hours(12)),
    machine: fc.nat(machines - 1),
    product: fc.nat(products - 1),
    pool: fc.nat(pools - 1),
    what: fc.constantFrom('take', 'take', 'free'),
  }),
  { maxLength: 60 },
)

it('a machine has one place, in the pool that it joined last, for as long as any lease of it is live (rule 38)', () => {
  fc.assert(
    fc.property(happenings, (list) => {
      const places = new PoolPlaces()
      const leases = new Map<string, { pool: number; expires: number; machine: number }>()
      let [now, peak] = [0, 0]
      for (const { after, machine, product, pool, what } of list) {
        now += after
        const key = `${machine}/${product}`
        if (what === 'take') {
          const expires = now + hours(24)
          places.join(bytes(machine, 32), bytes(pool), now)
          places.take({ machine: bytes(machine, 32), product: bytes(product), expires }, now)
          for (const lease of leases.values()) if (lease.machine === machine) lease.pool = pool
          leases.set(key, { pool, expires, machine })
        } else {
          places.free(bytes(machine, 32), bytes(product))
          leases.delete(key)
        }
        const live = [...leases.values()].filter(({ expires }) => now < expires)
        peak = Math.max(peak, new Set(live.map((lease) => lease.machine)).size)
        expect(places.figures(undefined, now)).toEqual({ live: new Set(live.map((l) => l.machine)).size, peak })
        for (let of = 0; of < pools; of += 1) {
          const inPool = new Set(live.filter((lease) => lease.pool === of).map((lease) => lease.machine))
          expect(places.figures(handleOf(of), now).live).toBe(inPool.size)
          expect(places.has(bytes(machine, 32), handleOf(of), now)).toBe(inPool.has(machine))
        }
        if (live.length > 0) expect(places.nextEnd).toBeLessThanOrEqual(Math.min(...live.map((l) => l.expires)))
      }
    }),
  )
})

it('a ledger that names no pool for an ephemeral machine still counts it among all of them', () => {
  const places = new PoolPlaces()
  places.take({ machine: bytes(1, 32), product: bytes(1), expires: hours(24) }, 0)
  expect(places.figures(undefined, 0)).toEqual({ live: 1, peak: 1 })
  expect(places.figures(handleOf(1), 0)).toEqual({ live: 0, peak: 0 })
})
