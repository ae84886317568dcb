import type { ErrorCode } from '../errors/table.ts'
import { after, type Duration, type Instant } from '../time.ts'

/** The seven states with the numbers and the words that administrators know. */
export const licenseStates = {
  unlicensed: { number: 0, printName: 'Unlicensed' },
  licensed: { number: 1, printName: 'Licensed' },
  'initial-grace': { number: 2, printName: 'Initial grace period' },
  'out-of-tolerance-grace': { number: 3, printName: 'Out-of-tolerance grace period' },
  'non-genuine-grace': { number: 4, printName: 'Non-genuine grace period' },
  notification: { number: 5, printName: 'Notification' },
  'extended-grace': { number: 6, printName: 'Extended grace period' },
} as const

/** One of the seven names. */
export type LicenseStateName = keyof typeof licenseStates

/** What a machine holds for one product. */
export type LicenseRecord =
  | { readonly kind: 'no-key' }
  /** A key, never yet activated. The grace belongs to the hardware: the earliest beginning that is known (rule 37). */
  | { readonly kind: 'key'; readonly graceBegan: Instant }
  /** A lease whose every check has passed. */
  | { readonly kind: 'lease'; readonly expires: Instant }

/** How long each grace of the product lasts, in seconds; 0 is none. */
export interface GracePolicy {
  readonly initialGraceSeconds: Duration
  readonly outOfToleranceGraceSeconds: Duration
}

/** The state now, why it is no better, and, where it ends by itself, the first second of the state that follows. */
export type LicenseState =
  | { readonly state: 'unlicensed' | 'notification'; readonly reason: ErrorCode }
  | { readonly state: 'licensed'; readonly until: Instant; readonly next: LicenseStateName }
  | {
      readonly state: 'initial-grace' | 'out-of-tolerance-grace'
      readonly reason: ErrorCode
      readonly until: Instant
      readonly next: LicenseStateName
    }

/** Tells the state of a license. It depends on what is held and on the time alone, so that sleep changes nothing. */
export function licenseState(record: LicenseRecord, policy: GracePolicy, now: Instant): LicenseState {
  switch (record.kind) {
    case 'no-key':
      return { state: 'unlicensed', reason: 'NO_PRODUCT_KEY' }
    case 'key':
      return neverActivated(after(record.graceBegan, policy.initialGraceSeconds), policy, now)
    case 'lease':
      return now < record.expires
        ? { state: 'licensed', until: record.expires, next: stateAfterLease(policy) }
        : leaseEnded(after(record.expires, policy.outOfToleranceGraceSeconds), policy, now)
  }
}

function neverActivated(until: Instant, policy: GracePolicy, now: Instant): LicenseState {
  if (now < until) return { state: 'initial-grace', reason: 'NOT_BOUND', until, next: 'notification' }
  return { state: 'notification', reason: policy.initialGraceSeconds > 0 ? 'GRACE_EXPIRED' : 'NOT_BOUND' }
}

function leaseEnded(until: Instant, policy: GracePolicy, now: Instant): LicenseState {
  if (now < until) return { state: 'out-of-tolerance-grace', reason: 'LICENSE_EXPIRED', until, next: 'notification' }
  return { state: 'notification', reason: policy.outOfToleranceGraceSeconds > 0 ? 'GRACE_EXPIRED' : 'LICENSE_EXPIRED' }
}

function stateAfterLease({ outOfToleranceGraceSeconds }: GracePolicy): LicenseStateName {
  return outOfToleranceGraceSeconds > 0 ? 'out-of-tolerance-grace' : 'notification'
}
