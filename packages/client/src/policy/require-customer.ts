import type { OpenedLease } from '@volact/core/document/verify-lease'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Policy } from './policy.ts'

/** Refuses what a host grants that is certified for another customer than the one this machine is pinned to (rule 11). */
export function requireCustomer({ customer }: Policy, { entitlement }: Pick<OpenedLease, 'entitlement'>): void {
  if (customer === undefined || entitlement.customer === customer) return
  const message = `the host is certified for "${entitlement.customer}", and this machine is pinned to "${customer}"`
  throw new ActivationError('CUSTOMER_MISMATCH', message)
}
