import { describeError, type ErrorCode, formatErrorNumber } from '@volact/core/errors/table'
import type { LicenseStateName } from '@volact/core/licensing/license-state'
import { type Instant, toIso } from '@volact/core/time'

/** What is known of a license, on a machine or of a host itself. */
export interface License {
  readonly state: LicenseStateName
  readonly reason?: ErrorCode | undefined
  /** The first second in which the state is another one. */
  readonly until?: Instant | undefined
}

/** The states as the old commands call them. */
export const stateWords: Readonly<Record<LicenseStateName, string>> = {
  unlicensed: 'Unlicensed',
  licensed: 'Licensed',
  'initial-grace': 'Initial grace period',
  'out-of-tolerance-grace': 'Additional grace period (license expired or hardware out of tolerance)',
  'non-genuine-grace': 'Non-genuine grace period',
  notification: 'Notification',
  'extended-grace': 'Extended grace period',
}

/** Tells the state of a license and how long it lasts, in the words that scripts look for. */
export function licenseLines({ state, reason, until }: License, now: Instant): readonly string[] {
  const left = until === undefined ? undefined : timeLeft(until, now)
  return [
    `License Status: ${stateWords[state]}`,
    ...(reason === undefined
      ? []
      : [`${state === 'notification' ? 'Notification Reason' : 'Reason'}: ${explained(reason)}`]),
    ...(left === undefined
      ? []
      : [`${state === 'licensed' ? 'Volume activation expiration' : 'Time remaining'}: ${left}`]),
  ]
}

/** Says in one sentence when the state of a license ends. */
export function expirySentence({ state, reason, until }: License): string {
  const why = reason === undefined ? '' : ` (${explained(reason)})`
  const end = until === undefined ? '' : ` ${toIso(until)}`
  switch (state) {
    case 'unlicensed':
      return `Unlicensed${why}`
    case 'notification':
      return `The product is in Notification mode${why}`
    case 'licensed':
      return until === undefined ? 'The product is permanently activated.' : `Volume activation will expire${end}`
    case 'initial-grace':
      return `Initial grace period ends${end}`
    case 'out-of-tolerance-grace':
      return `Additional grace period ends${end}`
    case 'non-genuine-grace':
      return `Non-genuine grace period ends${end}`
    case 'extended-grace':
      return `Extended grace period ends${end}`
  }
}

/** Writes how long something lasts. A day that has begun counts. */
function timeLeft(until: Instant, now: Instant): string {
  const minutes = minutesLeft(until, now)
  return `${minutes} minute(s) (${Math.ceil(minutes / 1_440)} day(s))`
}

/** The whole minutes until then. */
export function minutesLeft(until: Instant, now: Instant): number {
  return Math.max(0, Math.floor((until - now) / 60))
}

function explained(code: ErrorCode): string {
  const row = describeError(code)
  return row === undefined ? code : `${formatErrorNumber(row.number)} ${row.meaning}`
}
