import { decodeUtf8 } from '../bytes.ts'
import { instantOf } from '../time.ts'
import type { Instant } from '../time.ts'
import { tags } from './tags.ts'

/**
 * Reads UTCTime or GeneralizedTime as RFC 5280 §4.1.2.5 has them: UTC, with seconds, without fractions, and UTCTime for
 * every year to 2049. `undefined` for anything else.
 */
export function decodeTime(tag: number, content: Uint8Array): Instant | undefined {
  const isShort = tag === tags.utcTime
  const match = (isShort ? utcTime : generalizedTime).exec(decodeUtf8(content) ?? '')
  const [written = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (match ?? []).slice(1).map(Number)
  if (!isShort && written < 2050) return undefined
  return instantOf({ year: isShort ? fullYear(written) : written, month, day, hour, minute, second })
}

const utcTime = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
const generalizedTime = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/

function fullYear(twoDigits: number): number {
  return twoDigits < 50 ? 2000 + twoDigits : 1900 + twoDigits
}
