import type { Duration } from '../time.ts'
import { intervalRange } from './defaults.ts'

/** How often a machine asks: until it is licensed, and afterwards. Seconds. */
export interface Intervals {
  readonly activationIntervalSeconds: Duration
  readonly renewalIntervalSeconds: Duration
}

/**
 * Says which intervals hold: those of the last verified receipt, once there is one (rule 24), else those of the client's own
 * policy; always from 15 to 43 200 minutes, whoever gave them.
 */
export function intervalsInForce(policy: Intervals, receipt?: Intervals): Intervals {
  const { activationIntervalSeconds, renewalIntervalSeconds } = receipt ?? policy
  return {
    activationIntervalSeconds: withinRange(activationIntervalSeconds),
    renewalIntervalSeconds: withinRange(renewalIntervalSeconds),
  }
}

function withinRange(interval: Duration): Duration {
  return Math.min(Math.max(interval, intervalRange.min), intervalRange.max)
}
