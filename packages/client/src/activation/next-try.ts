import { intervalsInForce, type Intervals } from '@volact/core/licensing/intervals-in-force'
import { licenseState } from '@volact/core/licensing/license-state'
import { nextAttempt } from '@volact/core/licensing/next-attempt'
import { type Instant, minutes } from '@volact/core/time'
import { believedTime } from '../folder/clock-mark.ts'
import type { Memory } from '../folder/license-memory.ts'
import type { Installation } from '../installation.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import { recordOf } from './license.ts'
import type { StoredLease } from './stored-leases.ts'

/** Tells when a program that runs all the time will ask next; nothing before the first attempt, and where none is made. */
export function nextTry(
  { machineId, now }: Pick<Installation, 'machineId' | 'now'>,
  sold: SoldProduct,
  stored: StoredLease | undefined,
  memory: Memory,
): Instant | undefined {
  const last = memory.licenses.get(sold.product.activationId)?.attempt
  if (last === undefined) return undefined
  const time = believedTime(memory.clock, now())
  const record = recordOf(sold, stored, memory, now())
  const { state } = licenseState(record, sold.product.policy, time)
  const asker = { seed: machineId, intervals: intervalsOf(sold, stored) }
  const planned = nextAttempt({ ...asker, record, state, awake: last.at, last }, time)
  return planned && Math.max(planned.at, last.at <= time ? 0 : time)
}

/** The intervals of the last verified grant, else those of the policy; never those of a refusal (rule 24). */
export function intervalsOf({ product: { policy } }: SoldProduct, stored: StoredLease | undefined): Intervals {
  const told = stored && {
    activationIntervalSeconds: minutes(stored.grant.activationMinutes),
    renewalIntervalSeconds: minutes(stored.grant.renewalMinutes),
  }
  return intervalsInForce(policy, told)
}
