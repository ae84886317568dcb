import type { Instant } from '@volact/core/time'
import type { Vendor } from './vendor.ts'

/** Says whether it can be so late: a clock that is behind the vendor's own certificates was never set. */
export function isPlausible({ roots }: Pick<Vendor, 'roots'>, time: Instant): boolean {
  return roots.length === 0 || roots.some(({ notBefore }) => time >= notBefore)
}
