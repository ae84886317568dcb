import { ActivationError } from '@volact/core/errors/activation-error'
import type { Installation } from '../installation.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import type { StoredLease } from './stored-leases.ts'

/** Reads the lease of a product where there must be one: else `NOT_BOUND`, with what is wrong with the one that lies there. */
export function requireLease({ leases }: Pick<Installation, 'leases'>, sold: SoldProduct): StoredLease {
  const problems: string[] = []
  const stored = leases.read(sold, (text) => problems.push(text))
  if (stored !== undefined) return stored
  const why = problems.length === 0 ? 'it was never activated here' : problems.join('; ')
  throw new ActivationError('NOT_BOUND', `there is no lease for ${sold.product.name}: ${why}`)
}
