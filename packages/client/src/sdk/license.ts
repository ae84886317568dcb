import type { ErrorCode } from '@volact/core/errors/table'
import type { StateEnforcement, UpcomingState } from '@volact/core/licensing/license-state'
import type { LicenseStateName } from '@volact/core/licensing/license-states'
import type { Instant } from '@volact/core/time'
import type { ClientStatus } from '../status.ts'
import { licenseSentence } from './sentence.ts'

/** Where a product stands, for the program that is that product. A value: the next look gives another one. */
export interface License {
  /** Whether a verified lease runs. A product in grace is not licensed yet and works all the same: go by `enforcement`. */
  readonly licensed: boolean
  readonly state: LicenseStateName
  /** 0 to 6, the number that administrators know. */
  readonly number: number
  /** Why the state is no better; nothing when licensed. `volact explain` has each. */
  readonly reason?: ErrorCode
  /** The first second in which the state is another one by itself. Seconds since 1970, as all times here. */
  readonly expires?: Instant
  /** Slug of the product that this is about, and its edition; nothing where no product is named and none has a key. */
  readonly product?: string
  readonly edition?: string
  /** What may be used now: what the lease unlocks, or, before the first one, the edition; nothing where the policy limits or stops. */
  readonly features: readonly string[]
  /** What the vendor's policy asks the program to do now: nothing, tell the user, limit itself, stop. */
  readonly enforcement: StateEnforcement
  /** The state that follows by itself, from when, and what it will ask for: to be shown before it bites. */
  readonly upcoming?: UpcomingState
  /** How the last attempt to activate or renew ended. */
  readonly lastAttempt?: NonNullable<ClientStatus['lastAttempt']>
  /** When a host is asked next. */
  readonly nextAttempt?: Instant
  /** Whether it rests on a root for tests, which must be shown (rule 11). */
  readonly test: boolean
  /** Hexadecimal digits. */
  readonly machineId: string
  /** One sentence for the user: where things stand and what comes next. In English; times are UTC. */
  readonly message: string
  /** What was found and is not used, and what could not be done, in sentences for an administrator. */
  readonly notes: readonly string[]
}

/** Gives a program what it needs of a client's status; `edition` is what its policy unlocks before the first lease. */
export function licenseOf(status: ClientStatus, edition: readonly string[]): License {
  const { state, number, reason, expires, product, enforcement, upcoming } = status
  const { lastAttempt, nextAttempt, test, machineId, notes } = status
  return {
    licensed: state === 'licensed',
    ...{ state, number },
    ...(reason !== undefined && { reason }),
    ...(expires !== undefined && { expires }),
    ...(product !== undefined && { product: product.slug, edition: product.edition }),
    ...{ features: usableFeatures(status, edition), enforcement },
    ...(upcoming !== undefined && { upcoming }),
    ...(lastAttempt !== undefined && { lastAttempt }),
    ...(nextAttempt !== undefined && { nextAttempt }),
    ...{ test, machineId, notes },
    message: licenseSentence(status),
  }
}

function usableFeatures(
  { enforcement, leaseIndex, features }: ClientStatus,
  edition: readonly string[],
): readonly string[] {
  if (enforcement === 'limit' || enforcement === 'stop') return []
  return leaseIndex === undefined ? edition : features
}
