import { ActivationError } from './errors/activation-error.ts'
import { excerpt } from './bytes.ts'

/** A point in time: whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted. */
export type Instant = number

/** A length of time in whole seconds. */
export type Duration = number

const secondsPerDay = 86_400

/** A number of minutes, in seconds. */
export function minutes(count: number): Duration {
  return count * 60
}

/** A number of hours, in seconds. */
export function hours(count: number): Duration {
  return count * 3_600
}

/** A number of days of 24 hours, in seconds. */
export function days(count: number): Duration {
  return count * secondsPerDay
}

/** The instant that lies a duration after another one. */
export function after(instant: Instant, duration: Duration): Instant {
  return instant + duration
}

/** A date of the proleptic Gregorian calendar and a time of day, in UTC. Months and days count from 1. */
export interface CivilTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

/** Gives the instant of a civil time, or `undefined` for one that no clock shows (30 February, 24:00, second 60). */
export function instantOf({ year, month, day, hour, minute, second }: CivilTime): Instant | undefined {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 59) return undefined
  return daysFromCivil(year, month, day) * secondsPerDay + hour * 3_600 + minute * 60 + second
}

/** Gives the civil time of an instant, by arithmetic alone. */
export function civilTimeOf(instant: Instant): CivilTime {
  const daysSinceEpoch = Math.floor(instant / secondsPerDay)
  const rest = instant - daysSinceEpoch * secondsPerDay
  return {
    ...civilFromDays(daysSinceEpoch),
    hour: Math.floor(rest / 3_600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
  }
}

/** Writes an instant as `2026-11-21T01:27:00Z` (RFC 3339, UTC); the years 0000 to 9999. */
export function toIso(instant: Instant): string {
  const { year, month, day, hour, minute, second } = civilTimeOf(instant)
  return `${digits(year, 4)}-${digits(month)}-${digits(day)}T${digits(hour)}:${digits(minute)}:${digits(second)}Z`
}

/** Reads what `toIso` writes and nothing else; anything else is `MALFORMED`. */
export function fromIso(text: string): Instant {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(text)
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (match ?? []).slice(1).map(Number)
  const instant = instantOf({ year, month, day, hour, minute, second })
  if (instant === undefined) {
    throw new ActivationError('MALFORMED', `"${excerpt(text)}" is not a time like 2026-11-21T01:27:00Z`)
  }
  return instant
}

function digits(value: number, width = 2): string {
  return String(value).padStart(width, '0')
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

// Both ways count in eras of 400 years that begin on 1 March, so that the leap day is the last day of its year.
const daysPerEra = 146_097
const daysBeforeEpoch = 719_468

function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * daysPerEra + dayOfEra - daysBeforeEpoch
}

function civilFromDays(daysSinceEpoch: number): { year: number; month: number; day: number } {
  const shifted = daysSinceEpoch + daysBeforeEpoch
  const era = Math.floor(shifted / daysPerEra)
  const dayOfEra = shifted - era * daysPerEra
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  }
}
