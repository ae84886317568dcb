import type { Duration } from '../time.ts'
import { intervalRange, renewalsPerWindow } from './defaults.ts'

/** The intervals that a host hands out, and the window they must fit. Seconds. */
export interface IntervalPolicy {
  readonly activationIntervalSeconds: Duration
  readonly renewalIntervalSeconds: Duration
  readonly windowSeconds: Duration
  /** Accepts that machines may drop out of the count between two renewals. */
  readonly force: boolean
}

/** What is wrong with one interval: its key and a sentence for a person. */
export interface IntervalProblem {
  readonly field: 'activationIntervalSeconds' | 'renewalIntervalSeconds'
  readonly message: string
}

/** Finds everything wrong with a pair of intervals: each from 15 to 43 200 minutes, and renewal × 3 ≤ window unless forced. */
export function intervalProblems(policy: IntervalPolicy): readonly IntervalProblem[] {
  const fields = ['activationIntervalSeconds', 'renewalIntervalSeconds'] as const
  return [...fields.flatMap((field) => outOfRange(field, policy[field])), ...tooRare(policy)]
}

function outOfRange(field: IntervalProblem['field'], value: Duration): readonly IntervalProblem[] {
  if (Number.isInteger(value) && value >= intervalRange.min && value <= intervalRange.max) return []
  const message = `${value} s is no interval: take ${intervalRange.min} to ${intervalRange.max} s (15 to 43200 minutes)`
  return [{ field, message }]
}

function tooRare({ renewalIntervalSeconds, windowSeconds, force }: IntervalPolicy): readonly IntervalProblem[] {
  if (force || renewalIntervalSeconds * renewalsPerWindow <= windowSeconds) return []
  const message =
    `${renewalIntervalSeconds} s goes less than ${renewalsPerWindow} times into the window of ${windowSeconds} s, so ` +
    'that machines drop out of the count: renew more often, lengthen the window, or force it'
  return [{ field: 'renewalIntervalSeconds', message }]
}
