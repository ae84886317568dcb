import { licenseState, type LicenseRecord, type LicenseState } from '@volact/core/licensing/license-state'
import type { Instant } from '@volact/core/time'
import { believedTime } from '../folder/clock-mark.ts'
import type { Times } from '../folder/times.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import type { StoredLease } from './stored-leases.ts'

/** Tells the state of an installed product's license, from what was verified and the believed time alone (rule 42). */
export function stateOf(
  { product }: SoldProduct,
  stored: StoredLease | undefined,
  times: Times,
  now: Instant,
): LicenseState {
  return licenseState(
    recordOf(product.activationId, stored, times, now),
    product.policy,
    believedTime(times.clock, now),
  )
}

function recordOf(activationId: string, stored: StoredLease | undefined, times: Times, now: Instant): LicenseRecord {
  if (stored !== undefined) return { kind: 'lease', expires: stored.grant.expires }
  return { kind: 'key', graceBegan: times.licenses.get(activationId)?.graceBegan ?? now }
}
