import type { Instant } from '../time.ts'

/**
 * Everything that the state of a license depends on, for one product on one machine. It is data to be kept: events change it
 * (`applyLicenseEvent`), time does not.
 */
export interface LicenseRecord {
  readonly key: LicenseKey
  /** When the grace began on this hardware: the earliest that is known (rule 37). */
  readonly graceBegan: Instant
  readonly lease?: HeldLease
  /** When the hardware was first found out of tolerance. */
  readonly hardwareChanged?: Instant
  /** When the license was first found revoked, or failed its validation. */
  readonly nonGenuine?: Instant
  /** The end of an extended grace, which the vendor gave by way of exception. */
  readonly extendedUntil?: Instant
  /** When the product was first activated on this hardware, which may earn it a further rearm. */
  readonly firstActivated?: Instant
  /** A machine without a persistent store (rule 38). */
  readonly ephemeral: boolean
  /** Rearms used so far, for ever. */
  readonly rearms: Rearms
}

/** What is installed: nothing, a setup key, a multiple activation key, or the setup key of an evaluation. */
export type LicenseKey = 'none' | 'volume' | 'mak' | 'evaluation'

/** A lease whose every check has passed; one without an end comes from a MAK. */
export interface HeldLease {
  readonly expires: Instant | 'never'
  readonly granted: Instant
}

/** A number for each level at which a machine is rearmed. */
export type Rearms = Readonly<Record<RearmLevel, number>>

/** The whole machine, the products of one application, or one product. */
export type RearmLevel = 'machine' | 'application' | 'product'
