import { defaultFolder } from '@volact/files/default-folder'
import type { Instant } from '@volact/core/time'
import type { Client } from '../client.ts'
import type { EphemeralOptions } from '../identity/ephemeral.ts'
import { openClientWith } from '../open-client.ts'
import { systemPolicy } from '../policy/policy-place.ts'
import { type EmbeddedVendor, embeddedVendors } from '../vendors/embedded-vendors.ts'
import { requireRealRoots } from './require-real-roots.ts'

/** The client as the program that is a product sees it; `volact client` is for administrators and does the rest. */
export type ProductClient = Pick<
  Client,
  'license' | 'hasFeature' | 'activate' | 'start' | 'watch' | 'installKey' | 'exportLease' | 'prove' | 'close'
>

/** What a program says of itself. */
export interface ProductOptions {
  /** Whose licenses it takes: roots and policy from its own code, as `vendorFromPack` makes them. */
  readonly vendors: readonly EmbeddedVendor[]
  /**
   * The public setup key of the product that the program is. It is installed at the first start on a machine, and begins the initial
   * grace; afterwards it only says which license is meant where several products are installed.
   */
  readonly setupKey?: string
  /** The folder of the licenses; else the one of the whole machine, or, without the rights for that, of the account. */
  readonly dir?: string
  /** For a machine without a persistent store, which belongs to a pool. */
  readonly ephemeral?: EphemeralOptions
  /** The clock, in whole seconds since 1970; the system's where nothing is given. */
  readonly now?: () => Instant
  /** Takes roots for tests and shows a banner, for as long as the program is being developed (rule 11). */
  readonly allowTestRoots?: boolean
}

/**
 * Opens the license store for a product. It asks no host, and nothing that is wrong with a license keeps it from opening: no key, no
 * lease, a damaged or expired one, no host, a folder from another machine. It throws only for what the program itself has wrong, such
 * as a root for tests, and for a folder that cannot be used at all.
 */
export function openClient({ vendors, allowTestRoots = false, ...options }: ProductOptions): Promise<ProductClient> {
  const { ephemeral, now = systemClock } = options
  const dir = options.dir ?? (ephemeral === undefined ? usualFolder() : undefined)
  const place = dir === undefined ? {} : { dir }
  return openClientWith({ ...options, ...place, now, policy: systemPolicy(process.platform) }, () => {
    const taken = embeddedVendors(vendors)
    requireRealRoots(taken, { allowTestRoots })
    return taken
  })
}

function usualFolder(): string {
  const { platform, env } = process
  return defaultFolder('client', { platform, env, uid: process.getuid?.() }).path
}

function systemClock(): Instant {
  return Math.floor(Date.now() / 1_000)
}
