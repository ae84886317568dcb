import { after, type Duration, type Instant, minutes } from '../time.ts'
import { type CountResult, reportedCount } from './count.ts'
import { intervalRange } from './defaults.ts'
import type { EffectiveThreshold } from './threshold.ts'

/** What a product's policy says about leases; the policy of a catalog's product is one. Seconds. */
export interface LeasePolicy {
  readonly leaseSeconds: Duration
  readonly activationIntervalSeconds: Duration
  readonly renewalIntervalSeconds: Duration
  readonly ephemeral: { readonly leaseSeconds: Duration }
}

/** Everything that one activation is decided on. */
export interface ActivationCase {
  readonly machine: { readonly virtual: boolean; readonly ephemeral: boolean }
  /** Whether the host's certificate covers the product's key group and generation. */
  readonly coverage: 'covered' | 'not-covered'
  /** Which machines the product's family serves; apart from which ones count. */
  readonly serves: 'all' | 'physical'
  /** The count, the machine that is asking included. */
  readonly count: CountResult
  readonly threshold: EffectiveThreshold
  /** The largest threshold of the application, for the cap of the reported count. */
  readonly largestThreshold: number
  readonly policy: LeasePolicy
  /** The earliest notAfter of the host's certificate chain, in seconds. */
  readonly chainEnds: Instant
}

/** The times that a lease carries: seconds since 1970, and intervals in seconds. */
export interface LeaseTimes {
  readonly issued: Instant
  readonly notBefore: Instant
  /** The first second in which the lease no longer holds. */
  readonly expires: Instant
  readonly activationIntervalSeconds: Duration
  readonly renewalIntervalSeconds: Duration
}

/** The answer to one activation or renewal. */
export type ActivationDecision =
  | ({
      readonly outcome: 'activated'
      /** The true count, and the one that is reported. */
      readonly count: number
      readonly reported: number
    } & EffectiveThreshold &
      LeaseTimes)
  | ({
      readonly outcome: 'below-threshold'
      readonly count: number
      readonly missing: number
      readonly weak: number
      readonly weakIgnored: number
      readonly activationIntervalSeconds: Duration
    } & EffectiveThreshold)
  | { readonly outcome: 'not-served'; readonly reason: 'product-not-covered' | 'virtual-machine' }
  | { readonly outcome: 'host-expired'; readonly since: Instant }

/** Decides one activation or renewal; the two differ in nothing but what the machine holds already. */
export function decideActivation(asked: ActivationCase, now: Instant): ActivationDecision {
  const { machine, coverage, serves, count, threshold, policy, chainEnds } = asked
  if (now >= chainEnds) return { outcome: 'host-expired', since: chainEnds }
  if (coverage === 'not-covered') return { outcome: 'not-served', reason: 'product-not-covered' }
  if (serves === 'physical' && machine.virtual) return { outcome: 'not-served', reason: 'virtual-machine' }
  if (count.effective < threshold.threshold) return belowThreshold(count, threshold, policy)
  const duration = machine.ephemeral ? policy.ephemeral.leaseSeconds : policy.leaseSeconds
  return {
    outcome: 'activated',
    count: count.effective,
    // A certificate may name a larger threshold than the catalog: a cap below it would never let the client agree.
    reported: reportedCount(count.effective, Math.max(asked.largestThreshold, threshold.threshold)),
    ...threshold,
    ...leaseTimes(now, duration, policy, chainEnds),
  }
}

function belowThreshold(count: CountResult, threshold: EffectiveThreshold, policy: LeasePolicy): ActivationDecision {
  return {
    outcome: 'below-threshold',
    count: count.effective,
    missing: threshold.threshold - count.effective,
    weak: count.weak,
    weakIgnored: count.weakIgnored,
    activationIntervalSeconds: policy.activationIntervalSeconds,
    ...threshold,
  }
}

/** Rule 6: a lease never outlasts any certificate of its chain, so that checking now and checking at `iat` agree. */
function leaseTimes(now: Instant, duration: Duration, policy: LeasePolicy, chainEnds: Instant): LeaseTimes {
  const expires = Math.min(after(now, duration), chainEnds)
  return {
    issued: now,
    notBefore: now,
    expires,
    activationIntervalSeconds: policy.activationIntervalSeconds,
    renewalIntervalSeconds: renewalWithin(expires - now, policy.renewalIntervalSeconds),
  }
}

/** A lease of a day cannot be renewed weekly: one shorter than two intervals is renewed at its half, in whole minutes. */
function renewalWithin(lifetime: Duration, renewalInterval: Duration): Duration {
  const half = minutes(Math.floor(lifetime / minutes(2)))
  return Math.min(renewalInterval, Math.max(half, intervalRange.min))
}
