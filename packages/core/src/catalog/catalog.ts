import type { EnforcedState, Enforcement } from '../licensing/license-policy.ts'

/**
 * What a vendor sells and on which terms, after `parseCatalog`: every value explicit, every reference known to exist.
 *
 * People refer to things by `slug`, protocols by UUID or number. Durations are whole minutes, held in seconds like every
 * time in `core`, so that they can be added to an `Instant`; a grace of 0 seconds is none.
 */
export interface Catalog {
  readonly format: 1
  readonly vendor: Vendor
  readonly applications: readonly Application[]
  readonly families: readonly Family[]
  readonly groups: readonly KeyGroup[]
  readonly products: readonly Product[]
}

export interface Vendor {
  /** A DNS label in lower case; it stands in SRV names and is hashed into every anchor, so it never changes. */
  readonly id: string
  readonly name: string
  readonly contacts: Contacts
}

/** Where a customer finds help; at least one of the three is there. */
export interface Contacts {
  readonly email?: string
  readonly phone?: string
  readonly url?: string
}

/** What counts together: the families of one application share one count. */
export interface Application {
  /** UUID in lower case. */
  readonly id: string
  readonly slug: string
  readonly name: string
}

/** Products with one threshold: desktop, server, suite. */
export interface Family {
  readonly slug: string
  readonly name: string
  /** Slug of the application whose count this family adds to and asks for. */
  readonly application: string
  /** Distinct machines the host must have seen, the asking one included. */
  readonly threshold: number
  readonly countBy: CountBy
  /** Which machines add to the count. */
  readonly counts: MachineKind
  /** Which machines get a lease. */
  readonly serves: MachineKind
  /** How long a machine counts after its last contact; whole hours. */
  readonly windowSeconds: number
}

/** What makes two machines distinct: their hardware (production), or their device key (labs on one computer). */
export type CountBy = 'anchor' | 'machine'

/** Physical and virtual machines alike, or only physical ones. */
export type MachineKind = 'all' | 'physical'

/** What a host key covers: its own products and, through `includes`, those of the groups below it. */
export interface KeyGroup {
  readonly slug: string
  readonly name: string
  /** 0 to 1023, the number that product keys carry. */
  readonly number: number
  /** Slugs of the groups directly below; `groupCovers` follows them all the way down. */
  readonly includes: readonly string[]
}

/** One edition that can be activated. */
export interface Product {
  /** UUID in lower case; what requests and leases name. */
  readonly activationId: string
  readonly slug: string
  readonly name: string
  readonly edition: string
  /** Slug of its family. */
  readonly family: string
  /** Slug of its key group. */
  readonly group: string
  /** A version line, 1 to 65535: a host key of generation g serves products of generation ≤ g. */
  readonly generation: number
  readonly channel: Channel
  /** Canonical form, upper case with hyphens. It is public: it selects the product and activates nothing by itself. */
  readonly setupKey: string
  readonly features: readonly string[]
  /** Slug of a product that must be licensed on the same machine. */
  readonly requires?: string
  readonly policy: ProductPolicy
}

/** How a product is sold; status shows it, because the wrong medium is a classic cause of "will not activate". */
export type Channel = (typeof channels)[number]
export const channels = ['volume', 'evaluation', 'retail', 'oem'] as const

export interface ProductPolicy {
  readonly leaseSeconds: number
  /** Time between tries while the product is not activated. */
  readonly activationIntervalSeconds: number
  /** Time between renewals while it is. */
  readonly renewalIntervalSeconds: number
  /** True when the vendor accepts that renewal × 3 exceeds the window, so that machines may drop out of the count. */
  readonly force: boolean
  readonly initialGraceSeconds: number
  readonly outOfToleranceGraceSeconds: number
  readonly nonGenuineGraceSeconds: number
  /** Rearms in all, at whatever level. */
  readonly rearms: number
  readonly ephemeral: EphemeralRule
  readonly enforcement: Readonly<Record<EnforcedState, Enforcement>>
  /** How long an evaluation runs; without it as long as the initial grace. */
  readonly evaluationSeconds?: number
  /** The longest extended grace that may be given; without it none is. */
  readonly extendedGraceSeconds?: number
  /** How long no reminder is due after the initial grace has begun; without it, not at all. */
  readonly quietSeconds?: number
  /** Rearms more, once the product has been activated; without it none. */
  readonly rearmsAfterActivation?: number
  /** How many of the rearms may be of one application, or of one product; without it all of them. */
  readonly applicationRearms?: number
  readonly productRearms?: number
}

/** What a machine without a persistent store gets; it never counts toward a threshold (rule 38). */
export interface EphemeralRule {
  readonly graceSeconds: number
  readonly leaseSeconds: number
}
