import { ActivationError } from '../errors/activation-error.ts'
import { lastLicenseState } from './limits.ts'

/** Returns the number of a license state, 0 to 6 (protocol.md §13.1); anything else is `MALFORMED`. */
export function expectLicenseState(value: number, what: string): number {
  if (value <= lastLicenseState) return value
  throw new ActivationError('MALFORMED', `${what} must be a license state from 0 to ${lastLicenseState}, not ${value}`)
}
