import { type Duration, days, hours, minutes } from '../time.ts'

/** Reads `30d`, `24h`, `120min` or `none` into seconds; `undefined` for anything else. */
export function parseDuration(text: string): Duration | undefined {
  if (text === 'none') return 0
  const match = /^(0|[1-9]\d{0,8})(min|h|d)$/.exec(text)
  return match === null ? undefined : inSeconds(Number(match[1]), match[2])
}

/** Writes seconds, a whole number of minutes, in the largest unit that fits: what `parseDuration` reads. */
export function formatDuration(seconds: Duration): string {
  if (seconds === 0) return 'none'
  if (seconds % days(1) === 0) return `${seconds / days(1)}d`
  return seconds % hours(1) === 0 ? `${seconds / hours(1)}h` : `${seconds / minutes(1)}min`
}

function inSeconds(count: number, unit: string | undefined): Duration {
  if (unit === 'd') return days(count)
  return unit === 'h' ? hours(count) : minutes(count)
}
