import { present } from '../document/present.ts'
import type { ErrorCode } from '../errors/table.ts'
import { after, type Instant } from '../time.ts'
import type { LicensePolicy } from './license-policy.ts'
import type { HeldLease, LicenseKey, LicenseRecord, RearmLevel } from './license-record.ts'
import { licenseState } from './license-state.ts'
import { rearmsLeft } from './rearms.ts'

/** What happens to a license; time alone is no event. */
export type LicenseEvent =
  /** A key of this product, in the place of any other. */
  | { readonly kind: 'key-installed'; readonly key: InstalledKey }
  /** A key of another edition: what was activated was something else. */
  | { readonly kind: 'edition-changed'; readonly key: InstalledKey }
  | { readonly kind: 'key-removed' }
  /** A grant or a confirmation, verified, for a first time or again. */
  | ({ readonly kind: 'activated' } & HeldLease)
  /** The lease was given back to its host. */
  | { readonly kind: 'released' }
  | { readonly kind: 'hardware-changed' }
  | { readonly kind: 'hardware-accepted' }
  | { readonly kind: 'found-non-genuine' }
  | { readonly kind: 'found-genuine' }
  | { readonly kind: 'rearmed'; readonly level: RearmLevel }
  /** The vendor's exception, until a time. */
  | { readonly kind: 'extended'; readonly until: Instant }
  /** The host remembers when the grace began on this hardware (rule 37). */
  | { readonly kind: 'grace-told'; readonly began: Instant }

/** Any key there can be. */
export type InstalledKey = Exclude<LicenseKey, 'none'>

/** The record afterwards, or why it stays as it is. */
export type LicenseChange = LicenseRecord | { readonly refused: ErrorCode }

/**
 * Applies an event. A lease that runs is ended by nothing but the removal of its key, another edition, its release, and a rearm
 * of the whole machine, whose new identity it is not bound to; revocation and other hardware leave it in the record, and weigh
 * more than it while they last.
 */
export function applyLicenseEvent(
  record: LicenseRecord,
  event: LicenseEvent,
  policy: LicensePolicy,
  now: Instant,
): LicenseChange {
  switch (event.kind) {
    case 'key-installed':
      return { ...record, key: event.key }
    case 'edition-changed':
      return { ...withoutLease(record), key: event.key }
    case 'key-removed':
      return { ...withoutLease(record), key: 'none' }
    case 'activated':
      return activate(record, { expires: event.expires, granted: event.granted }, now)
    case 'released':
      return withoutLease(record)
    case 'hardware-changed':
      return hardwareChange(record, now)
    case 'hardware-accepted':
      return present({ ...record, hardwareChanged: undefined })
    case 'found-non-genuine':
      return { ...record, nonGenuine: record.nonGenuine ?? now }
    case 'found-genuine':
      return present({ ...record, nonGenuine: undefined })
    case 'rearmed':
      return rearm(record, event.level, policy, now)
    case 'extended':
      return extend(record, event.until, policy, now)
    case 'grace-told':
      return tellGrace(record, event.began)
  }
}

/** Any activation heals: whatever stood against the license was looked at by whoever granted it. */
function activate(record: LicenseRecord, lease: HeldLease, now: Instant): LicenseChange {
  if (record.key === 'none') return { refused: 'NO_PRODUCT_KEY' }
  if (lease.expires !== 'never' && now >= lease.expires) return { refused: 'LEASE_EXPIRED' }
  const { firstActivated = lease.granted } = record
  return present({ ...record, nonGenuine: undefined, hardwareChanged: undefined, lease, firstActivated })
}

/** Without a lease nothing is bound to the hardware. */
function hardwareChange(record: LicenseRecord, now: Instant): LicenseRecord {
  return record.lease === undefined ? record : { ...record, hardwareChanged: record.hardwareChanged ?? now }
}

/**
 * Begins the initial grace anew. The new identity of a rearmed machine ends a lease; at the other levels one goes on while it
 * keeps the product licensed. What was found not to be genuine stays so.
 */
function rearm(record: LicenseRecord, level: RearmLevel, policy: LicensePolicy, now: Instant): LicenseChange {
  if (rearmsLeft(record, policy)[level] < 1) return { refused: 'REARMS_EXHAUSTED' }
  const keepsLease = level !== 'machine' && licenseState(record, policy, now).state === 'licensed'
  const rearms = { ...record.rearms, [level]: record.rearms[level] + 1 }
  return { ...(keepsLease ? record : withoutLease(record)), graceBegan: now, rearms }
}

/** An extension is bounded by the catalog, and never takes away what was given before. */
function extend(record: LicenseRecord, until: Instant, policy: LicensePolicy, now: Instant): LicenseChange {
  const longest = policy.extendedGraceSeconds ?? 0
  if (longest === 0) return { refused: 'EXTENSION_NOT_ALLOWED' }
  const { extendedUntil = now } = record
  return { ...record, extendedUntil: Math.max(extendedUntil, Math.min(until, after(now, longest))) }
}

/** Only ever earlier; and what began before a rearm is what the rearm lawfully ended. */
function tellGrace(record: LicenseRecord, began: Instant): LicenseRecord {
  const { machine, application, product } = record.rearms
  if (machine + application + product > 0) return record
  return { ...record, graceBegan: Math.min(record.graceBegan, began) }
}

/** What was wrong with the hardware was wrong for the lease. */
function withoutLease(record: LicenseRecord): LicenseRecord {
  return present({ ...record, lease: undefined, hardwareChanged: undefined })
}
