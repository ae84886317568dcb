import { existsSync } from 'node:fs'
import { toHex } from '@volact/core/bytes'
import type { ErrorCode } from '@volact/core/errors/table'
import { licenseStates, type LicenseState, type LicenseStateName } from '@volact/core/licensing/license-state'
import type { Instant } from '@volact/core/time'
import { stateOf } from './activation/license.ts'
import { type HardwareKind, hardwareKind } from './activation/machine.ts'
import type { StoredLease } from './activation/stored-leases.ts'
import type { Note } from './folder/kept-file.ts'
import { readSettings } from './folder/settings.ts'
import { currentTimes, type Times } from './folder/times.ts'
import type { Installation } from './installation.ts'
import { chooseProduct, installedProducts } from './installed-products.ts'
import { isForTests, type SoldProduct, type Vendor } from './vendors/vendor.ts'

/** What holds here, from verified material only. */
export interface ClientStatus {
  readonly state: LicenseStateName
  /** 0 to 6, the number that administrators know. */
  readonly number: number
  readonly printName: string
  /** Why the state is no better. */
  readonly reason?: ErrorCode
  /** The first second in which the state is another one; nothing when it does not end by itself. */
  readonly expires?: Instant
  /** The product that this is about; nothing without a key. */
  readonly product?: {
    readonly activationId: string
    readonly slug: string
    readonly name: string
    readonly channel: string
  }
  /** Slugs of all installed products. */
  readonly products: readonly string[]
  readonly vendor?: { readonly id: string; readonly name: string }
  /** `NAME:PORT`, when one is set. */
  readonly host?: string
  /** The reported count when the lease was granted. */
  readonly count?: number
  /** The one used for the lease; before the first, the policy's. */
  readonly threshold?: number
  /** What the lease unlocks. */
  readonly features: readonly string[]
  readonly nextAttempt?: Instant
  /** Hexadecimal digits, as are all IDs here. */
  readonly machineId: string
  readonly logId?: string
  /** Place of the lease in the ledger. */
  readonly leaseIndex?: number
  /** Whether nobody but the administrator, or the maker of the program, can change roots and policy (rule 11). */
  readonly protected: boolean
  /** Whether a root for tests is trusted, so that a banner must be shown (rule 11). */
  readonly test: boolean
  readonly hardware: HardwareKind
  /** What was found and is not used, in sentences for a person. */
  readonly notes: readonly string[]
}

/**
 * Tells the state of one installed product: the one that is named, or the first. Reads the folder and takes no lock; throws
 * `NO_PRODUCT_KEY` only for a product that is named and not installed.
 */
export function clientStatus(
  installation: Installation,
  openingNotes: readonly string[],
  reference: string | undefined,
): ClientStatus {
  const found = new Set(openingNotes)
  const note: Note = (text) => found.add(text)
  const settings = readSettings(installation.files, note)
  const products = installedProducts(installation.vendors, settings, note)
  const sold = reference === undefined ? products[0] : chooseProduct(products, reference)
  const times = currentTimes(installation, note)
  const license = sold === undefined ? withoutKey : licenseOf(installation, sold, times, note)
  noteIgnoredHardware(installation, sold, note)
  return {
    ...license,
    products: products.map(({ product }) => product.slug),
    ...(settings.host !== undefined && { host: settings.host }),
    machineId: toHex(installation.machineId),
    ...trustOf(sold === undefined ? installation.vendors : [sold.vendor]),
    hardware: hardwareKind(installation, sold?.vendor),
    notes: [...found],
  }
}

const withoutKey = {
  ...licenseStates.unlicensed,
  state: 'unlicensed',
  reason: 'NO_PRODUCT_KEY',
  features: [],
} as const

type License = Omit<ClientStatus, 'products' | 'host' | 'machineId' | 'protected' | 'test' | 'hardware' | 'notes'>

function licenseOf(installation: Installation, sold: SoldProduct, times: Times, note: Note): License {
  const stored = installation.leases.read(sold, note)
  const { product, vendor, family } = sold
  const { id, name } = vendor.catalog.vendor
  const { activationId, slug, channel } = product
  const nextAttempt = times.licenses.get(activationId)?.nextAttempt
  return {
    ...describeState(stateOf(sold, stored, times, installation.now())),
    product: { activationId, slug, name: product.name, channel },
    vendor: { id, name },
    ...(stored === undefined ? { threshold: family.threshold, features: [] } : describeLease(stored)),
    ...(nextAttempt !== undefined && { nextAttempt }),
  }
}

function describeState(state: LicenseState): Pick<License, 'state' | 'number' | 'printName' | 'reason' | 'expires'> {
  return {
    state: state.state,
    ...licenseStates[state.state],
    ...('reason' in state && { reason: state.reason }),
    ...('until' in state && { expires: state.until }),
  }
}

function describeLease({
  grant,
  logId,
}: StoredLease): Pick<License, 'count' | 'threshold' | 'features' | 'logId' | 'leaseIndex'> {
  const { count, threshold, features, index } = grant
  return { count, threshold, features, logId, leaseIndex: index }
}

function trustOf(vendors: readonly Vendor[]): Pick<ClientStatus, 'protected' | 'test'> {
  return {
    protected: vendors.every(({ protection }) => protection !== 'folder'),
    test: vendors.some(isForTests),
  }
}

/** Whoever has put it there may think that it is taken. */
function noteIgnoredHardware(installation: Installation, sold: SoldProduct | undefined, note: Note): void {
  const { hardware } = installation.files
  if (sold === undefined || !existsSync(hardware) || hardwareKind(installation, sold.vendor) === 'simulated') return
  note(`${hardware} is ignored: hardware is simulated only where every root is marked as one for tests`)
}
