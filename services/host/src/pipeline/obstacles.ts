import type { Instant } from '@volact/core/time'
import type { RefusalMessage } from '@volact/core/wire/refusal'
import type { SpareInUse } from '../spare/spare-end.ts'
import type { CheckpointWatch } from './checkpoint-watch.ts'
import type { LedgerClock } from './clock.ts'
import * as refusals from './refusals.ts'

/** What a service cannot grant past. */
export interface ObstacleSources {
  readonly watch: Pick<CheckpointWatch, 'halt'>
  readonly clock: LedgerClock
  readonly spare: SpareInUse | undefined
}

/** What keeps a service from granting anything to anybody. */
export class Obstacles {
  /** Until when it serves with other hardware than was certified (rule 36); nothing while it is the certified one. */
  hardwareEnd: Instant | undefined
  readonly #sources: ObstacleSources

  constructor(sources: ObstacleSources) {
    this.#sources = sources
  }

  /** Gives the refusal that everybody gets at present, the weightiest first: a fork (26), hardware (36), a spare's end (47), the clock (43). */
  present(): RefusalMessage | undefined {
    const { watch, clock, spare } = this.#sources
    if (watch.halt !== undefined) return refusals.halted(watch.halt)
    if (this.hardwareEnd !== undefined && clock.time() >= this.hardwareEnd) return refusals.otherHardware()
    if (spare !== undefined && clock.time() >= spare.until) return refusals.notConfirmed()
    const state = clock.state()
    return state === 'good' ? undefined : refusals.clockSkew(state, clock.wall())
  }
}
