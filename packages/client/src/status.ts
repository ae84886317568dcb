import { existsSync } from 'node:fs'
import { toHex } from '@volact/core/bytes'
import { applicationOf } from '@volact/core/catalog/applications'
import type { ErrorCode } from '@volact/core/errors/table'
import type { LicenseKey, Rearms } from '@volact/core/licensing/license-record'
import type { LicenseState, StateEnforcement, UpcomingState } from '@volact/core/licensing/license-state'
import { licenseStates, type LicenseStateName } from '@volact/core/licensing/license-states'
import { rearmsLeft } from '@volact/core/licensing/rearms'
import type { Instant } from '@volact/core/time'
import { recordOf, stateOf } from './activation/license.ts'
import { hardwareKind } from './activation/machine.ts'
import type { HardwareKind } from './hardware/found-hardware.ts'
import { nextTry } from './activation/next-try.ts'
import type { StoredLease } from './activation/stored-leases.ts'
import type { Note } from './folder/kept-file.ts'
import type { KeptAttempt } from './folder/kept-license.ts'
import type { FolderEvent, Memory } from './folder/license-memory.ts'
import { readStore } from './folder/store.ts'
import { type SearchStatus, searchStatus } from './hosts/search-status.ts'
import type { Installation } from './installation.ts'
import { chooseProduct, installedProducts } from './installed-products.ts'
import { isForTests, type SoldProduct, type Vendor } from './vendors/vendor.ts'

/** What holds here, from verified material only. */
export interface ClientStatus extends SearchStatus {
  readonly state: LicenseStateName
  /** 0 to 6, the number that administrators know. */
  readonly number: number
  readonly printName: string
  /** Why the state is no better. */
  readonly reason?: ErrorCode
  /** The first second in which the state is another one; nothing when it does not end by itself. */
  readonly expires?: Instant
  /** What the vendor's policy asks the product to do now: nothing while licensed. */
  readonly enforcement: StateEnforcement
  /** The state that follows by itself, when, and what it will do: shown before it bites. */
  readonly upcoming?: UpcomingState
  /** The kind of the key that is installed. */
  readonly key: LicenseKey
  /** How many rearms are left at each level. */
  readonly rearms?: Rearms
  /** The product that this is about; nothing without a key. */
  readonly product?: {
    readonly activationId: string
    readonly slug: string
    readonly name: string
    readonly edition: string
    readonly channel: string
    /** The last five characters of its setup key. */
    readonly lastFive: string
  }
  /** What counts together with this product. */
  readonly application?: { readonly id: string; readonly name: string }
  /** Slugs of all installed products. */
  readonly products: readonly string[]
  readonly vendor?: { readonly id: string; readonly name: string }
  /** The reported count when the lease was granted. */
  readonly count?: number
  /** The one used for the lease; before the first, the policy's. */
  readonly threshold?: number
  /** What the host asks for between tries, while there is no license and while there is one; before the first lease, the policy's. */
  readonly activationMinutes?: number
  readonly renewalMinutes?: number
  /** What the lease unlocks. */
  readonly features: readonly string[]
  /** How the last attempt ended, and when. */
  readonly lastAttempt?: Pick<KeptAttempt, 'at' | 'outcome' | 'code'>
  readonly nextAttempt?: Instant
  /** Whether this machine has no persistent store, and belongs to a pool (rule 38). */
  readonly ephemeral: boolean
  /** Hexadecimal digits, as are all IDs here. */
  readonly machineId: string
  readonly logId?: string
  /** The log of the lost host that a spare stands in for, where the lease is of one that nobody has confirmed yet (rule 47). */
  readonly spareFor?: string
  /** Place of the lease in the ledger. */
  readonly leaseIndex?: number
  /** Whether nobody but the administrator, or the maker of the program, can change roots and policy (rule 11). */
  readonly protected: boolean
  /** Whether a root for tests is trusted, so that a banner must be shown (rule 11). */
  readonly test: boolean
  readonly hardware: HardwareKind
  /** What has happened to the folder since the last grant, such as what was lost of it; the notes have it, too. */
  readonly events: readonly FolderEvent[]
  /** What was found and is not used, and what has happened, in sentences for a person. */
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
  installation.identity.refresh()
  const { settings, memory } = readStore(installation, note)
  const products = installedProducts(installation.vendors, settings, note)
  const sold = reference === undefined ? products[0] : chooseProduct(products, reference)
  const license = sold === undefined ? withoutKey : licenseOf(installation, sold, memory, note)
  noteIgnoredHardware(installation, sold, note)
  return {
    ...license,
    products: products.map(({ product }) => product.slug),
    ...searchStatus(installation, sold, note),
    ephemeral: memory.pool !== undefined,
    machineId: toHex(installation.machineId),
    ...trustOf(sold === undefined ? installation.vendors : [sold.vendor]),
    hardware: hardwareKind(installation, sold?.vendor),
    events: memory.events,
    notes: [...new Set([...memory.events.map(({ text }) => text), ...found])],
  }
}

const withoutKey = {
  ...licenseStates.unlicensed,
  state: 'unlicensed',
  reason: 'NO_PRODUCT_KEY',
  enforcement: 'none',
  key: 'none',
  features: [],
} as const

type License = Omit<
  ClientStatus,
  'products' | keyof SearchStatus | 'ephemeral' | 'machineId' | 'protected' | 'test' | 'hardware' | 'events' | 'notes'
>

function licenseOf(installation: Installation, sold: SoldProduct, memory: Memory, note: Note): License {
  const stored = installation.leases.read(sold, note)
  const { product, vendor } = sold
  const { id, name } = vendor.catalog.vendor
  const { activationId, slug, edition, channel, setupKey } = product
  const application = applicationOf(vendor.catalog, product)
  const record = recordOf(sold, stored, memory, installation.now())
  return {
    ...describeState(stateOf(sold, stored, memory, installation.now())),
    key: record.key,
    rearms: rearmsLeft(record, product.policy),
    product: { activationId, slug, name: product.name, edition, channel, lastFive: setupKey.slice(-5) },
    application: { id: application.id, name: application.name },
    vendor: { id, name },
    ...(stored === undefined ? describePolicy(sold) : describeLease(stored)),
    ...describeAttempts(installation, sold, stored, memory),
  }
}

function describeAttempts(
  installation: Installation,
  sold: SoldProduct,
  stored: StoredLease | undefined,
  memory: Memory,
): Pick<License, 'lastAttempt' | 'nextAttempt'> {
  const last = memory.licenses.get(sold.product.activationId)?.attempt
  const next = nextTry(installation, sold, stored, memory)
  if (last === undefined || next === undefined) return {}
  const { at, outcome, code } = last
  return { lastAttempt: { at, outcome, ...(code !== undefined && { code }) }, nextAttempt: next }
}

type Standing = Pick<License, 'state' | 'number' | 'printName' | 'reason' | 'expires' | 'enforcement' | 'upcoming'>

function describeState({ state, reason, until, enforcement, upcoming }: LicenseState): Standing {
  return {
    state,
    ...licenseStates[state],
    ...(reason !== undefined && { reason }),
    ...(until !== undefined && { expires: until }),
    enforcement,
    ...(upcoming && { upcoming }),
  }
}

type Terms = Pick<License, 'count' | 'threshold' | 'activationMinutes' | 'renewalMinutes' | 'features'>

function describePolicy({ product: { policy }, family: { threshold } }: SoldProduct): Terms {
  const { activationIntervalSeconds, renewalIntervalSeconds } = policy
  const intervals = { activationMinutes: activationIntervalSeconds / 60, renewalMinutes: renewalIntervalSeconds / 60 }
  return { threshold, ...intervals, features: [] }
}

function describeLease({
  grant,
  logId,
  entitlement: { spareFor },
}: StoredLease): Terms & Pick<License, 'logId' | 'leaseIndex' | 'spareFor'> {
  const { count, threshold, activationMinutes, renewalMinutes, features, index } = grant
  const spare = spareFor && { spareFor: toHex(spareFor) }
  return { count, threshold, activationMinutes, renewalMinutes, features, logId, leaseIndex: index, ...spare }
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
