import { expectUint } from '../cbor/expect.ts'
import type { CborValue } from '../cbor/value.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { intervalRange } from '../licensing/defaults.ts'
import { minutes } from '../time.ts'

/** Reads an interval in minutes, 15 to 43 200 (protocol.md §13.2); anything else is `MALFORMED`. */
export function parseMinutes(value: CborValue, what: string): number {
  const count = expectUint(value, what)
  const { min, max } = intervalRange
  if (minutes(count) >= min && minutes(count) <= max) return count
  const range = `${min / minutes(1)} to ${max / minutes(1)}`
  throw new ActivationError('MALFORMED', `${what} must be ${range} minutes, not ${count}`)
}
