import { encodeCbor } from '../cbor/encode.ts'
import { sha256 } from '../crypto.ts'
import type { Duration, Instant } from '../time.ts'

/** What a moment is jittered for; two purposes of one machine are independent of each other. */
export type JitterPurpose = 'start' | 'renewal' | 'retry' | 'network'

/**
 * Gives the number from 0 to less than 1 that belongs to a machine, a purpose and a time (protocol.md §13.3). It is the same whenever it is asked
 * for, so that a plan stands still, and uniform over machines and over times, so that what happened to all machines in one
 * second does not happen again. Nothing secret hangs on it (rule 53).
 */
export function jitter(seed: Uint8Array, purpose: JitterPurpose, moment: Instant): number {
  const digest = sha256(encodeCbor([seed, purpose, moment]))
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0) / 2 ** 32
}

/** The part of a length of time that falls to a number from 0 to less than 1, in whole seconds from 0 to one less than all. */
export function partOf(length: Duration, fraction: number): Duration {
  return Math.floor(length * fraction)
}
