import type { ErrorCode } from '../errors/table.ts'
import type { Instant } from '../time.ts'
import { groundsOf } from './license-ground.ts'
import type { Enforcement, LicensePolicy } from './license-policy.ts'
import type { LicenseRecord } from './license-record.ts'
import type { LicenseStateName } from './license-states.ts'

export { licenseStates, type LicenseStateName } from './license-states.ts'

/** The state now, what it does to the product, and what is to come, so that it is shown before it bites. */
export interface LicenseState {
  readonly state: LicenseStateName
  /** Why the state is no better; nothing only when licensed. */
  readonly reason?: ErrorCode
  /** Where the state ends by itself, the first second of the one that follows, and its name. */
  readonly until?: Instant
  readonly next?: LicenseStateName
  readonly enforcement: StateEnforcement
  /** The state that follows, from when, and what it will do. */
  readonly upcoming?: UpcomingState
}

/** What the product is asked to do; while licensed, nothing. */
export type StateEnforcement = 'none' | Enforcement

export interface UpcomingState {
  readonly state: LicenseStateName
  readonly enforcement: StateEnforcement
  readonly at: Instant
}

/** A state by itself; `until` is infinite where it does not end. */
interface Standing {
  readonly state: LicenseStateName
  readonly reason?: ErrorCode
  readonly until: Instant
}

/**
 * Tells the state of a license. It depends on the record and on the time alone, so that sleep changes nothing.
 *
 * Where several things stand against a license, their graces run side by side and none lengthens another: the first that is over
 * means notification. Until then, and for the reason of a notification, the weightiest counts: not genuine, then other hardware,
 * then time that ran out (protocol.md §13.1).
 */
export function licenseState(record: LicenseRecord, policy: LicensePolicy, now: Instant): LicenseState {
  const { until, ...standing } = standingAt(record, policy, now)
  const enforcement = enforcementOf(standing.state, policy)
  if (until === Infinity) return { ...standing, enforcement }
  const { state } = standingAt(record, policy, until)
  const upcoming = { state, enforcement: enforcementOf(state, policy), at: until }
  return { ...standing, until, next: state, enforcement, upcoming }
}

function enforcementOf(state: LicenseStateName, { enforcement }: LicensePolicy): StateEnforcement {
  return state === 'licensed' ? 'none' : enforcement[state]
}

function standingAt(record: LicenseRecord, policy: LicensePolicy, now: Instant): Standing {
  if (record.key === 'none') return { state: 'unlicensed', reason: 'NO_PRODUCT_KEY', until: Infinity }
  const grounds = groundsOf(record, policy)
  const over = grounds.find(({ ends }) => now >= ends)
  if (over !== undefined) return { state: 'notification', reason: over.over, until: Infinity }
  const first = grounds.find(({ from }) => now >= from)
  const notification = Math.min(...grounds.map(({ ends }) => ends))
  if (first === undefined)
    return { state: 'licensed', until: Math.min(notification, ...grounds.map(({ from }) => from)) }
  if (now >= first.graceEnds) return { state: 'extended-grace', reason: first.over, until: notification }
  return { state: first.graceState, reason: first.inGrace, until: Math.min(notification, first.graceEnds) }
}
