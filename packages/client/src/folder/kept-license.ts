import type { ErrorCode } from '@volact/core/errors/table'
import type { LastAttempt } from '@volact/core/licensing/last-attempt'
import type { LicenseRecord } from '@volact/core/licensing/license-record'

/** What is remembered of one license; the lease is a file of its own, which proves itself. */
export interface KeptLicense {
  /** ID of the vendor. */
  readonly vendor: string
  readonly record: KeptRecord
  readonly attempt?: KeptAttempt
}

/** All that a state depends on, but the lease. */
export type KeptRecord = Omit<LicenseRecord, 'lease'>

/** The last time that a host was asked. The one thing that a refusal changes (rule 24). */
export type KeptAttempt = LastAttempt & {
  /** Why there was no grant. */
  readonly code?: ErrorCode
}
