import { familiesOf } from '@volact/core/catalog/applications'
import { days, type Instant } from '@volact/core/time'
import { begin, catalog, digestOf, productId } from './history.fixture.ts'
import type { LogState } from './log-state.ts'

/** All that a state tells, but for the start of graces. */
export function everything(state: LogState, now: Instant): unknown {
  const pools = [0, 1, 2, 3].map((pool) => Buffer.from(digestOf('pool', pool).subarray(0, 16)).toString('hex'))
  return {
    counts: catalog.applications.map((application) =>
      familiesOf(catalog, application).map((family) => state.count(application, family, false, now)),
    ),
    places: [undefined, ...pools].map((pool) => state.places.figures(pool, now)),
    ...{ machines: state.machines, signs: state.signs, live: state.liveFigures(now), pools: [...state.pools] },
    peaks: [undefined, ...catalog.applications].map((a) => state.livePeak(begin, now + days(1), a?.id)),
    licenses: [0, 1, 2, 3, 4, 5].flatMap((machine) =>
      [0, 1, 2, 3, 4, 5].map((product) => state.license(digestOf('machine', machine), productId(product))),
    ),
  }
}

/** Since when the hardware of each anchor is known. */
export function grace(state: LogState): unknown {
  return [0, 1, 2, 3].map((number) => {
    const flags = { weak: false, virtual: false, ephemeral: false }
    return state.firstSeen({ machine: digestOf('machine', 99), anchor: digestOf('anchor', number), flags })
  })
}
