import { after, days, type Duration, hours, type Instant } from '../time.ts'
import type { LicensePolicy } from './license-policy.ts'
import type { LicenseRecord } from './license-record.ts'
import type { LicenseState } from './license-state.ts'

/** What reminders depend on. */
export interface ReminderCase {
  readonly record: LicenseRecord
  /** `quietSeconds`: how long no reminder is due after the initial grace has begun. */
  readonly policy: Pick<LicensePolicy, 'quietSeconds'>
  readonly state: LicenseState
  /** When the user was last reminded, of this state or another. */
  readonly reminded?: Instant
}

// A lease is warned of in its last sixth, at most 30 days: one of 180 days for 30, one of a day for 4 hours.
const longestWarning = days(30)
const warnedPart = 6

/**
 * Says when to remind the user next (protocol.md §13.4); a time that has come already means now, and nothing means never in this state. Of a state
 * that ends it is once a day, every 4 hours in the last three days and hourly in the last, at times that lie fixed before the
 * end, so that a machine that slept shows one reminder and not ten. Of a notification it is every hour, of a missing key once
 * a day.
 */
export function nextReminder(about: ReminderCase, now: Instant): Instant | undefined {
  const { state, reminded = -Infinity } = about
  // A reminder in the future was shown by a clock that was wrong.
  const shown = reminded <= now ? reminded : -Infinity
  if (state.state === 'notification') return Math.max(after(shown, hours(1)), 0)
  if (state.state === 'unlicensed') return Math.max(after(shown, days(1)), 0)
  if (state.until === undefined) return undefined
  const begin = reminderBegin(about, state.until)
  const next = shown < begin ? begin : stepAfter(shown, state.until)
  return next < state.until ? next : undefined
}

function reminderBegin({ record, policy, state }: ReminderCase, until: Instant): Instant {
  if (state.state === 'initial-grace') return after(record.graceBegan, policy.quietSeconds ?? 0)
  if (state.state !== 'licensed' || record.lease === undefined) return 0
  const lifetime = until - record.lease.granted
  return until - Math.min(longestWarning, Math.floor(lifetime / warnedPart))
}

/** The first time after another one that lies a whole number of steps before the end. */
function stepAfter(time: Instant, until: Instant): Instant {
  const left = until - time
  const step = stepFor(left)
  return until - step * (Math.ceil(left / step) - 1)
}

function stepFor(left: Duration): Duration {
  if (left > days(3)) return days(1)
  return left > days(1) ? hours(4) : hours(1)
}
