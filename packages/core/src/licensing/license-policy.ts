import type { Duration } from '../time.ts'
import type { LicenseStateName } from './license-states.ts'

/** What a product's policy says about its states; the policy of a catalog's product is one. Seconds; a grace of 0 is none. */
export interface LicensePolicy {
  readonly initialGraceSeconds: Duration
  readonly outOfToleranceGraceSeconds: Duration
  readonly nonGenuineGraceSeconds: Duration
  /** How long an evaluation runs; else as long as the initial grace. */
  readonly evaluationSeconds?: Duration
  /** The longest extended grace that may be given; else none is. */
  readonly extendedGraceSeconds?: Duration
  /** How long no reminder is due after the initial grace has begun; else it is reminded of at once. */
  readonly quietSeconds?: Duration
  /** Rearms in all, at whatever level. */
  readonly rearms: number
  /** How many of them may be of one application, or of one product; else as many as in all. */
  readonly applicationRearms?: number
  readonly productRearms?: number
  /** Rearms more, once the product has been activated; else none. */
  readonly rearmsAfterActivation?: number
  readonly ephemeral: { readonly graceSeconds: Duration }
  readonly enforcement: Readonly<Record<EnforcedState, Enforcement>>
}

/** Every license state but `licensed`. */
export type EnforcedState = Exclude<LicenseStateName, 'licensed'>

/** What the product is asked to do in a state: tell the user, limit itself, or stop. */
export type Enforcement = (typeof enforcements)[number]
export const enforcements = ['notify', 'limit', 'stop'] as const
