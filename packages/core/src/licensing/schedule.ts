import type { Instant } from '../time.ts'
import type { LicensePolicy } from './license-policy.ts'
import { licenseState } from './license-state.ts'
import { type AttemptCase, nextAttempt, type PlannedAttempt } from './next-attempt.ts'
import { nextReminder } from './reminders.ts'

/** Everything that the next steps of one product on one machine depend on, but the time. */
export interface Situation extends Omit<AttemptCase, 'state'> {
  readonly policy: LicensePolicy
  /** When the user was last reminded. */
  readonly reminded?: Instant
}

/** Something to do, and when; a time that has come already means now. */
export type Step =
  | ({ readonly kind: 'attempt' } & PlannedAttempt)
  | { readonly kind: 'warn'; readonly at: Instant }
  | { readonly kind: 'state-change'; readonly at: Instant }

/** Everything that is planned for one product. */
export interface Plan {
  /** At most one of each kind, the soonest first. */
  readonly steps: readonly Step[]
  /** Until when a change of the network brings an attempt. */
  readonly watchUntil?: Instant
}

/**
 * Plans what comes next by itself (protocol.md §13.3). All times are absolute: the plan is the same whenever it is made, until
 * one of its steps has come or something has happened, so that a machine that slept does what is due and nothing twice.
 */
export function planNext(situation: Situation, now: Instant): Plan {
  const { record, policy, last } = situation
  const state = licenseState(record, policy, now)
  const attempt = nextAttempt({ ...situation, state: state.state }, now)
  const reminder = nextReminder({ ...situation, state }, now)
  const steps: readonly Step[] = [
    ...(attempt === undefined ? [] : [{ kind: 'attempt', ...attempt } as const]),
    ...(reminder === undefined ? [] : [{ kind: 'warn', at: reminder } as const]),
    ...(state.until === undefined ? [] : [{ kind: 'state-change', at: state.until } as const]),
  ]
  const isWatched = attempt !== undefined && last !== undefined && last.outcome !== 'granted' && now < last.watchUntil
  return { steps: steps.toSorted((a, b) => a.at - b.at), ...(isWatched && { watchUntil: last.watchUntil }) }
}
