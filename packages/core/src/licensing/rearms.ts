import type { LicensePolicy } from './license-policy.ts'
import type { LicenseRecord, Rearms } from './license-record.ts'

/**
 * Tells how many rearms are left at each level. All levels draw on one number, which a first activation may raise once; the
 * catalog may give less of it to an application or a product.
 */
export function rearmsLeft({ rearms, firstActivated }: LicenseRecord, policy: LicensePolicy): Rearms {
  const earned = firstActivated === undefined ? 0 : (policy.rearmsAfterActivation ?? 0)
  const left = Math.max(0, policy.rearms + earned - rearms.machine - rearms.application - rearms.product)
  return {
    machine: left,
    application: atMost(left, policy.applicationRearms, rearms.application),
    product: atMost(left, policy.productRearms, rearms.product),
  }
}

function atMost(left: number, limit = Infinity, used: number): number {
  return Math.max(0, Math.min(left, limit - used))
}
