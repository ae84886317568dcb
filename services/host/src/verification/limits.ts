import type { GatheringLimits } from '../gathering.ts'

/** What may wait to be verified, and how much of it is worked on at once (rule 40). */
export interface VerificationLimits {
  /** Requests of known machines, and of strangers, that wait for their signature before they are decided. */
  readonly known: number
  readonly strangers: number
  /** Grants of the fast way whose signature is still owed: with so many, no more are made, and renewals are verified first. */
  readonly owed: number
  /** Bytes of those requests that are held in memory. */
  readonly owedBytes: number
}

/** The limits of a host. */
export const verificationLimits: VerificationLimits = {
  known: 8_192,
  strangers: 4_096,
  owed: 65_536,
  owedBytes: 67_108_864,
}

/** The most signatures of one parcel: the next that matters waits no longer than for these, about two milliseconds. */
export const parcelLimit = 16

/** The same where the event loop verifies itself, of those that are owed alone: who comes meanwhile waits for them, and nobody waits for these. */
export const owedParcelLimit = 4

/** And of strangers there while known machines renew, and how long after the last of them they still count as doing so, in milliseconds. */
export const politeParcelLimit = 1
export const renewalsPause = 50

/** How many requests, and how long, are let in before the event loop begins to verify their signatures. */
export const gatheringLimits: GatheringLimits = { most: 64, milliseconds: 8 }

/** How long the event loop has to have had no request for what is owed to count as verified when idle, in milliseconds (rule 15). */
export const idleAfter = 3

/** Of the signatures that wait, one of a stranger is taken after so many that are owed, so that neither starves. */
export const owedPerStranger = 3
