import { toHex } from '@volact/core/bytes'
import type { Grant } from '@volact/core/document/grant'
import type { OpenedLease } from '@volact/core/document/verify-lease'
import type { ErrorCode } from '@volact/core/errors/table'
import type { Instant } from '@volact/core/time'
import type { RefusalMessage } from '@volact/core/wire/refusal'
import type { SoldProduct } from '../vendors/vendor.ts'

/** What came of an activation: a lease that was verified and kept, or a no, which changes nothing (rule 24). */
export type ActivationOutcome = Activated | Refused

/** A host that was asked before, and could not activate. */
export interface PassedOver {
  /** `NAME:PORT`. */
  readonly host: string
  readonly code: ErrorCode
  readonly message: string
}

export interface Activated {
  readonly outcome: 'activated'
  /** Slug of the product. */
  readonly product: string
  /** `NAME:PORT` of the host that granted. */
  readonly host: string
  readonly expires: Instant
  /** The reported count, and the threshold that it reached. */
  readonly count: number
  readonly threshold: number
  readonly thresholdSource: Grant['thresholdSource']
  readonly features: readonly string[]
  /** Whom the vendor has certified the host for. */
  readonly customer: string
  /** Hexadecimal digits. */
  readonly logId: string
  /** Place of the grant in the ledger. */
  readonly leaseIndex: number
  readonly nextAttempt: Instant
  /** Whether the lease rests on a root for tests. */
  readonly test: boolean
  /** In the order in which they were asked. */
  readonly passedOver: readonly PassedOver[]
}

/** Unsigned: what it says is the host's word, to be shown to a person. */
export interface Refused {
  readonly outcome: 'refused'
  readonly product: string
  readonly host: string
  readonly code: ErrorCode
  /** The number of a code that this version does not know. */
  readonly number?: number
  readonly text: string
  readonly count?: number
  readonly threshold?: number
  /** Machines that do not count, because too little of their hardware can be read. */
  readonly weak?: number
  readonly nextAttempt: Instant
  /** In the order in which they were asked. */
  readonly passedOver: readonly PassedOver[]
}

/** Tells of a lease that was granted. */
export function activated({ product }: SoldProduct, host: string, lease: OpenedLease, nextAttempt: Instant): Activated {
  const { grant, head, entitlement, testRoot } = lease
  const { expires, count, threshold, thresholdSource, features } = grant
  return {
    outcome: 'activated',
    product: product.slug,
    ...{ host, expires, count, threshold, thresholdSource, features },
    logId: toHex(head.logId),
    customer: entitlement.customer,
    leaseIndex: grant.index,
    nextAttempt,
    test: testRoot,
    passedOver: [],
  }
}

/** Tells of a refusal. */
export function refused(
  sold: SoldProduct,
  host: string,
  { code, number, text, detail }: RefusalMessage,
  nextAttempt: Instant,
): Refused {
  return {
    outcome: 'refused',
    product: sold.product.slug,
    ...{ host, code, text },
    ...(number !== undefined && { number }),
    ...(detail?.count !== undefined && { count: detail.count }),
    ...(detail?.threshold !== undefined && { threshold: detail.threshold }),
    ...(detail?.weak !== undefined && { weak: detail.weak }),
    nextAttempt,
    passedOver: [],
  }
}
