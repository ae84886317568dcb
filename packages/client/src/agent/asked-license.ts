import { equal, toHex } from '@volact/core/bytes'
import type { OpenedLease } from '@volact/core/document/verify-lease'
import type { Instant } from '@volact/core/time'
import type { SoldProduct } from '../vendors/vendor.ts'

/** A license that an agent has proved. All but `anchor` and `sameHardware` rests on signatures. */
export interface AskedLicense {
  /** Slug of the product. */
  readonly product: string
  readonly activationId: string
  /** The first second in which it is over: ask again before. */
  readonly expires: Instant
  readonly features: readonly string[]
  /** Whom the vendor has certified the host for. */
  readonly customer: string
  /** Hexadecimal digits. */
  readonly machineId: string
  /** The anchor of this hardware for the vendor, as the agent sees it with root's eyes (rule 34). */
  readonly anchor: Uint8Array
  /** Whether the lease was granted to this very hardware; after a repair it is not, until the next renewal. */
  readonly sameHardware: boolean
  /** Whether the lease rests on a root for tests, so that a banner must be shown (rule 11). */
  readonly test: boolean
}

/** Describes a lease that was verified. */
export function describeAskedLicense(
  { product }: SoldProduct,
  { grant, entitlement, testRoot }: OpenedLease,
  anchor: Uint8Array,
): AskedLicense {
  const { expires, features, machine } = grant
  return {
    product: product.slug,
    activationId: product.activationId,
    ...{ expires, features, customer: entitlement.customer, machineId: toHex(machine) },
    ...{ anchor, sameHardware: equal(anchor, grant.anchor), test: testRoot },
  }
}
