import type { Instant } from '@volact/core/time'
import { askHost } from './ask-host.ts'
import type { AcceptedClock } from './control.ts'

/**
 * Has a host believe its clock from now on, though it is far ahead of what it knew (rule 43): on a running host, or for its next start.
 * `CLOCK_SKEW` for a clock that is behind the ledger, which has to be set right.
 */
export function acceptClock(dir: string, { now }: { readonly now: () => Instant }): Promise<readonly AcceptedClock[]> {
  return askHost(dir, { verb: 'clock-accept' }, { now })
}
