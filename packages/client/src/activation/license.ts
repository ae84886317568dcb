import type { LicenseEvent } from '@volact/core/licensing/license-event'
import { applyLicenseEvent } from '@volact/core/licensing/license-event'
import type { LicenseKey, LicenseRecord } from '@volact/core/licensing/license-record'
import { licenseState, type LicenseState } from '@volact/core/licensing/license-state'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { believedTime } from '../folder/clock-mark.ts'
import { type Memory, withLicense } from '../folder/license-memory.ts'
import { newRecord } from '../folder/store.ts'
import { without } from '../folder/without.ts'
import { isPlausible } from '../vendors/plausible-time.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import type { StoredLease } from './stored-leases.ts'

/** Tells the state of an installed product's license, from what was verified and the believed time alone (rule 42). */
export function stateOf(
  sold: SoldProduct,
  stored: StoredLease | undefined,
  memory: Memory,
  now: Instant,
): LicenseState {
  return licenseState(recordOf(sold, stored, memory, now), sold.product.policy, believedTime(memory.clock, now))
}

/** Puts together all that a state depends on: what is remembered, and the lease, which proves itself. */
export function recordOf(
  sold: SoldProduct,
  stored: StoredLease | undefined,
  memory: Memory,
  now: Instant,
): LicenseRecord {
  const { activationId, channel } = sold.product
  const key = keyOf(channel)
  const time = believedTime(memory.clock, now)
  const graceBegan = graceBeginning(sold, memory) ?? time
  const kept = memory.licenses.get(activationId)?.record ?? newRecord(key, graceBegan)
  const record = { ...kept, graceBegan, key, ephemeral: memory.pool !== undefined }
  // Without a lease nothing is bound to the hardware.
  if (stored === undefined) return without(record, 'hardwareChanged')
  const lease = { expires: stored.grant.expires, granted: stored.grant.issued }
  const { nonGenuine = time } = kept
  return { ...record, lease, ...(stored.isVoid && { nonGenuine }) }
}

/** When the grace of a product began; nothing where none has, or by a clock that was never set: it would be over once that is. */
export function graceBeginning({ vendor, product }: SoldProduct, { licenses }: Memory): Instant | undefined {
  const began = licenses.get(product.activationId)?.record.graceBegan
  return began !== undefined && isPlausible(vendor, began) ? began : undefined
}

/** Changes an installed product's license by what has happened to it; throws the code with which that is refused. */
export function changeLicense(
  event: LicenseEvent,
  sold: SoldProduct,
  stored: StoredLease | undefined,
  memory: Memory,
  now: Instant,
): LicenseRecord {
  const { policy, name } = sold.product
  const changed = applyLicenseEvent(recordOf(sold, stored, memory, now), event, policy, believedTime(memory.clock, now))
  if ('refused' in changed) throw new ActivationError(changed.refused, `${name}: ${refusals[event.kind] ?? event.kind}`)
  return changed
}

/** Remembers of a license what its state depends on; the lease is a file of its own. */
export function remember({ vendor, product }: SoldProduct, record: LicenseRecord, memory: Memory): Memory {
  const license = memory.licenses.get(product.activationId)
  return withLicense(memory, product.activationId, {
    ...license,
    vendor: vendor.catalog.vendor.id,
    record: without(record, 'lease'),
  })
}

/** Changes a license, and remembers that. */
export function applyEvent(
  event: LicenseEvent,
  sold: SoldProduct,
  stored: StoredLease | undefined,
  memory: Memory,
  now: Instant,
): Memory {
  return remember(sold, changeLicense(event, sold, stored, memory, now), memory)
}

/** What a key of a channel is to the state machine. */
export function keyOf(channel: SoldProduct['product']['channel']): Exclude<LicenseKey, 'none'> {
  return channel === 'evaluation' ? 'evaluation' : 'volume'
}

const refusals: Partial<Record<LicenseEvent['kind'], string>> = {
  rearmed: 'every rearm that its vendor allows is used',
  activated: 'the lease that was granted has ended already',
}
