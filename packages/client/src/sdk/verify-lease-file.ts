import { toHex } from '@volact/core/bytes'
import type { Product } from '@volact/core/catalog/catalog'
import { uuidFromBytes } from '@volact/core/catalog/uuid'
import type { Grant } from '@volact/core/document/grant'
import { type Lease, parseLeaseFile } from '@volact/core/document/lease'
import { openLease } from '@volact/core/document/verify-lease'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { verifyStandingLease } from '../activation/verify-kept-lease.ts'
import { type EmbeddedVendor, embeddedVendors } from '../vendors/embedded-vendors.ts'
import { findSold, type SoldProduct, type Vendor } from '../vendors/vendor.ts'

/** What a lease is judged by: the vendor as the program has it compiled in, and, where time is known, when it must run. */
export interface LeaseTrust extends EmbeddedVendor {
  /** By a clock that is right, such as a server's; on a machine `license()` judges time, which its user may have set. */
  readonly at?: Instant
}

/** What a lease file that holds says. */
export interface VerifiedLease {
  /** Slug, and what the lease unlocks of it. */
  readonly product: string
  readonly edition: string
  readonly features: readonly string[]
  /** The first second in which it no longer runs. */
  readonly expires: Instant
  /** Whose it is: hexadecimal digits, to be compared with `machineId` of a license. A copied file verifies like its original. */
  readonly machineId: string
  /** Whom the vendor has certified the granting host for. */
  readonly customer: string
  /** Whether it rests on a root for tests and is worth nothing. */
  readonly test: boolean
}

/**
 * Verifies a lease file without folder, network or clock: that a host which the vendor has certified for this product granted it, that it
 * stands in that host's ledger, and that it runs at the given time, if one is given. Throws the codes of protocol.md §10, `PRODUCT_NOT_SERVED` for a
 * product that the policy does not have, `CERTIFICATE_REVOKED` for a lease that the vendor has ended, `LEASE_EXPIRED` and `CLOCK_SKEW`.
 */
export function verifyLeaseFile(bytes: Uint8Array, { at, ...embedded }: LeaseTrust): VerifiedLease {
  const lease = parseLeaseFile(bytes)
  const vendors = embeddedVendors([embedded])
  const roots = vendors.flatMap((vendor) => vendor.roots)
  const { grant } = openLease(lease, { roots, ...(at !== undefined && { at }) })
  return describe(lease, grant, soldBy(vendors, grant))
}

function describe(lease: Lease, { machine, expires, features }: Grant, sold: SoldProduct): VerifiedLease {
  const { entitlement, testRoot } = verifyStandingLease(lease, sold)
  const { slug, edition }: Product = sold.product
  const { customer } = entitlement
  return { product: slug, edition, features, expires, machineId: toHex(machine), customer, test: testRoot }
}

function soldBy(vendors: readonly Vendor[], { product }: Grant): SoldProduct {
  const activationId = uuidFromBytes(product)
  const sold = findSold(vendors, activationId)
  if (sold !== undefined) return sold
  const names = vendors.map(({ catalog }) => catalog.vendor.name).join(', ')
  throw new ActivationError('PRODUCT_NOT_SERVED', `the lease is for ${activationId}, which is no product of ${names}`)
}
