import { type Duration, days, hours, minutes } from '../time.ts'

/** The figures that hold where neither catalog nor certificate says otherwise. Times are in seconds. */
export interface Defaults {
  /** Distinct machines that a family of each sort needs. */
  readonly thresholds: { readonly desktop: number; readonly server: number; readonly suite: number }
  /** How long a machine counts after its last contact. */
  readonly windowSeconds: Duration
  /** Time between tries of a machine that is not activated. */
  readonly activationIntervalSeconds: Duration
  /** Time between renewals of a machine that is. */
  readonly renewalIntervalSeconds: Duration
  readonly leaseSeconds: Duration
  /** The lease of a machine without a persistent store (rule 38). */
  readonly ephemeralLeaseSeconds: Duration
  readonly initialGraceSeconds: Duration
  readonly serverInitialGraceSeconds: Duration
  readonly outOfToleranceGraceSeconds: Duration
  readonly nonGenuineGraceSeconds: Duration
  readonly rearms: number
  readonly enterpriseRearms: number
  /** Distinct hosts that one host key activates. */
  readonly hostsPerKey: number
  /** How often it activates each of them. */
  readonly activationsPerHost: number
}

/** The defaults, which are the figures of the reference architecture and of `trust.md`. */
export const defaults: Defaults = {
  thresholds: { desktop: 25, server: 5, suite: 5 },
  windowSeconds: days(30),
  activationIntervalSeconds: minutes(120),
  renewalIntervalSeconds: minutes(10_080),
  leaseSeconds: days(180),
  ephemeralLeaseSeconds: hours(24),
  initialGraceSeconds: days(30),
  serverInitialGraceSeconds: days(60),
  outOfToleranceGraceSeconds: days(30),
  nonGenuineGraceSeconds: days(30),
  rearms: 3,
  enterpriseRearms: 5,
  hostsPerKey: 6,
  activationsPerHost: 10,
}

/** What an activation or renewal interval may be, in seconds, both ends included: 15 to 43 200 minutes. */
export const intervalRange: { readonly min: Duration; readonly max: Duration } = {
  min: minutes(15),
  max: minutes(43_200),
}

/** Renewals that must fall into the window, or a machine that misses one drops out of the count. */
export const renewalsPerWindow = 3
