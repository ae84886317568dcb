/** The cumulative counters of a host by the client's state at the time of its request. Extended grace has none. */
export interface RequestCounters {
  readonly total: number
  readonly failed: number
  readonly unlicensed: number
  readonly licensed: number
  /** Initial grace. */
  readonly oobGrace: number
  /** License expired, or hardware out of tolerance. */
  readonly ootGrace: number
  readonly nonGenuineGrace: number
  readonly notification: number
}

/** The names of the counters, in the order in which the old commands print them. */
export const counterNames: readonly (keyof RequestCounters)[] = [
  ...(['total', 'failed', 'unlicensed', 'licensed'] as const),
  ...(['oobGrace', 'ootGrace', 'nonGenuineGrace', 'notification'] as const),
]

/** The counter of each license state, by its number. */
const counterOfState: readonly (keyof RequestCounters | undefined)[] = [
  ...(['unlicensed', 'licensed', 'oobGrace', 'ootGrace', 'nonGenuineGrace', 'notification'] as const),
]

/** Names the counters that a request adds to. A host that says its count, and that it is not enough, has not failed. */
export function countersOf(state: number | undefined, code: string | undefined): readonly (keyof RequestCounters)[] {
  const byState = state === undefined ? undefined : counterOfState[state]
  const hasFailed = code !== undefined && code !== 'COUNT_INSUFFICIENT'
  return ['total', ...(hasFailed ? ['failed' as const] : []), ...(byState === undefined ? [] : [byState])]
}
