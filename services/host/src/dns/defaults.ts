import { hours, minutes } from '@volact/core/time'

/** Seconds that a resolver may keep a record. */
export const defaultTtl = 3_600

/** After this everything is published again, in seconds. */
export const refreshInterval: number = hours(24)

/** The pause after the first failure, in seconds, and the longest one; each is twice as long as the one before. */
export const firstPause: number = minutes(1)
export const longestPause: number = hours(6)
