import { days, type Duration, type Instant } from '@volact/core/time'
import type { VendorService } from '../pipeline/vendor-service.ts'
import { DiskQuota, type Measured } from './disk-quota.ts'
import { type StrangerLimits, strangerLimits } from './limits.ts'
import { type StrangerFigures, Strangers } from './strangers.ts'

/** What the door of a host is opened with. */
export interface DoorOptions {
  readonly limits: Partial<StrangerLimits>
  /** The most bytes that the host may write, where that is set. */
  readonly quota: number | undefined
  readonly measure: () => Measured
  readonly now: () => Instant
  readonly elapsed: () => Duration
  /** Those that are open by the time that it is asked; the door is opened before them. */
  readonly services: () => readonly Pick<VendorService, 'state' | 'clock'>[]
  readonly note: (text: string) => void
}

/** The door for new identities of a host (rule 39), with what the ledgers say of it. */
export interface StrangersDoor {
  readonly strangers: Strangers
  /** Takes up what the ledgers have from before a restart: who came in today, and what was announced. */
  resume(): void
  /** Takes up what was announced. */
  announce(): void
  figures(): DoorFigures
  close(): void
}

/** Numbers for status and metrics. */
export interface DoorFigures extends StrangerFigures {
  /** The part of the disk quota that is used. */
  readonly quotaShare: number
}

/** Opens the door. The time of its days goes on from the wall clock at the start, and never jumps. */
export function openDoor(options: DoorOptions): StrangersDoor {
  const { limits, now, elapsed, services, note } = options
  const [begun, from] = [elapsed(), now()]
  const time = (): number => from + elapsed() - begun
  const quota = new DiskQuota(options.quota, options.measure, elapsed)
  const strangers = new Strangers({ ...strangerLimits, ...limits }, time, told(quota, note))
  const announce = (): void => {
    const running = services().flatMap(({ state: { expected }, clock }) => {
      const left = expected === undefined ? 0 : expected.until - clock.time()
      return expected === undefined || left <= 0 ? [] : [{ machines: expected.machines, left }]
    })
    // Roll-outs of several vendors are added up, until the last of them ends.
    const machines = running.reduce((sum, one) => sum + one.machines, 0)
    strangers.expect({ machines, until: time() + Math.max(0, ...running.map(({ left }) => left)) })
  }
  return {
    ...{ strangers, announce },
    resume: () => {
      const today = Math.floor(time() / days(1)) * days(1)
      strangers.resume(services().reduce((sum, { state }) => sum + state.newSince(today), 0))
      announce()
    },
    figures: () => ({ ...strangers.figures(), quotaShare: quota.share() }),
    close: () => {
      strangers.close()
    },
  }
}

/** Says once when there is no room any more, and once when there is again. */
function told(quota: DiskQuota, note: (text: string) => void): DiskQuota['room'] {
  let before = 'good'
  return () => {
    const room = quota.room()
    if (room !== before) {
      note(
        room === 'none'
          ? 'over 90 % of the disk quota is used: only known machines are recorded, until there is room again'
          : 'there is room on the disk again: new machines are recorded',
      )
    }
    before = room
    return room
  }
}
