import type { Instant } from '@volact/core/time'

/** How a license stands: granted and running, granted once and over, given back, or counted and not granted yet. */
export const standings = ['licensed', 'expired', 'released', 'waiting'] as const

export type Standing = (typeof standings)[number]

/** A machine and one product, as the index has them. Plain JSON: hexadecimal digits, and instants in seconds since 1970. */
export interface MachineRecord {
  readonly vendor: string
  readonly machine: string
  /** Empty while it is not known. */
  readonly name: string
  readonly product: ProductNames
  readonly state: Standing
  /** The license state that the machine named when it asked last, 0 to 6. */
  readonly askedState?: number
  readonly firstSeen: Instant
  readonly lastSeen: Instant
  readonly leaseEnd?: Instant
  /** When it asks again, if it keeps to its renewal interval. */
  readonly nextAsk?: Instant
  readonly renewals: number
  readonly address?: string
  readonly version?: string
  /** The first digits of its hardware anchor: enough to see that two are the same. */
  readonly hardware?: string
  readonly weak: boolean
  readonly virtual: boolean
  readonly ephemeral: boolean
  readonly lastRefusal?: { readonly code: string; readonly time: Instant }
}

/** The names of a product; empty ones where the catalog does not have it. */
export interface ProductNames {
  readonly id: string
  readonly slug: string
  readonly name: string
}

/** Which machines are wanted; all of what is given must hold. */
export interface MachineFilter {
  readonly vendor?: string
  /** Activation ID, slug, or a part of the product's name. */
  readonly product?: string
  readonly state?: Standing
  /** A part of the machine's name. */
  readonly name?: string
  /** Not seen since then. */
  readonly unseenSince?: Instant
  readonly limit?: number
}
