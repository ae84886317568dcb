import { ActivationError } from '@volact/core/errors/activation-error'
import { type Instant, toIso } from '@volact/core/time'
import type { Ledger } from '@volact/ledger/ledger'
import { KnownTime } from '../pipeline/known-time.ts'
import { clockLimits } from '../pipeline/limits.ts'
import type { VendorFiles } from './files.ts'

/**
 * Gives the time for what a command writes into the ledger of a host that does not run: never before the last entry. `CLOCK_SKEW` for a
 * clock that the host would not believe at its start (rule 43): a time that was written once can never be taken back.
 */
export function timeToWrite(
  { knownTime }: Pick<VendorFiles, 'knownTime'>,
  { lastTime }: Pick<Ledger, 'lastTime'>,
  now: Instant,
): Instant {
  const known = Math.max(lastTime, new KnownTime(knownTime).value)
  if (now <= known + clockLimits.off) return Math.max(now, lastTime)
  const message =
    `the clock says ${toIso(now)}, and the last time that is known to this host is ${toIso(known)}: if the clock is right, ` +
    'run "volact host clock accept" first (on a host that was restored without its recovery key), and then this again'
  throw new ActivationError('CLOCK_SKEW', message)
}
