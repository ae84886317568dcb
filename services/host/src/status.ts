import { toHex } from '@volact/core/bytes'
import { familiesOf } from '@volact/core/catalog/applications'
import type { Application } from '@volact/core/catalog/catalog'
import { reportedCount } from '@volact/core/licensing/count'
import type { Instant } from '@volact/core/time'
import { extensionValue } from '@volact/core/x509/certificate'
import { extensionOids } from '@volact/core/x509/oids'
import type { Vendor } from './folder/vendor.ts'
import type { ClockState } from './pipeline/clock.ts'
import type { PoolFigures } from './pipeline/pool-places.ts'
import { largestOf, servedGroups, thresholdOf } from './pipeline/terms.ts'
import type { Halt, VendorService } from './pipeline/vendor-service.ts'

/** What a host says of itself and one vendor. Plain JSON: hexadecimal digits, and instants in seconds since 1970. */
export interface VendorStatus {
  readonly state: 'licensed' | 'unlicensed'
  /** A phrase for a person: why it is so. */
  readonly reason: string
  readonly vendor?: { readonly id: string; readonly name: string }
  readonly customer?: string
  readonly logId?: string
  /** Last second of the certificate chain. */
  readonly notAfter?: Instant
  readonly ledger?: { readonly size: number; readonly root: string }
  readonly applications: readonly ApplicationStatus[]
  readonly served: readonly ServedGroup[]
  /** Machines that were ever seen. */
  readonly machines: number
  /** How often a license has shown a second branch, and how often a machine was told that it is a twin (rule 18). */
  readonly forks: number
  readonly twins: number
  /** Newest first. */
  readonly latestForks?: readonly ForkStatus[]
  /** Ephemeral machines of all pools that have a live lease, and the most that ever had at the same time (rule 38). */
  readonly ephemeral: PoolFigures
  readonly pools: readonly PoolStatus[]
  /** Whether the vendor's root is one for tests (rule 11). */
  readonly test: boolean
  /** Why nothing is granted, though it is activated (rule 26). */
  readonly halted?: Halt
  /** Whether the host believes its clock (rule 43); it grants nothing while it does not. */
  readonly clock?: ClockState
}

/** A fork or a twin, with the names of both branches; an empty one where it is not known. */
export interface ForkStatus {
  readonly time: Instant
  readonly act: 'fork' | 'fork-again' | 'twin'
  readonly machine: string
  readonly product: string
  readonly names: readonly string[]
}

/** A pool of ephemeral machines. */
export interface PoolStatus extends PoolFigures {
  readonly id: string
  readonly limit: number
}

export interface ApplicationStatus {
  readonly id: string
  readonly name: string
  /** The true count, the one that is reported, and how many machines are weak, counted or not (rule 35). */
  readonly count: number
  readonly reportedCount: number
  readonly weak: number
  readonly families: readonly FamilyStatus[]
}

export interface FamilyStatus {
  readonly slug: string
  readonly name: string
  readonly threshold: number
  readonly source: 'certificate' | 'policy'
}

export interface ServedGroup {
  readonly group: number
  readonly name: string
  readonly generation: number
}

/** What a host says of itself: of its first vendor, in alphabetical order, and of the others if there are any. */
export interface HostStatus extends VendorStatus {
  /** Where it listens, while it runs. */
  readonly address?: string
  readonly others: readonly VendorStatus[]
}

/** Gathers the status of a host from that of its vendors. */
export function hostStatusOf(vendors: readonly VendorStatus[], address?: string): HostStatus {
  const [first = nothingInstalled, ...others] = vendors
  return { ...first, ...(address !== undefined && { address }), others }
}

/** Tells the status of a vendor; `service` is missing while the host is not activated with it. */
export function vendorStatusOf(vendor: Vendor, service: VendorService | undefined): VendorStatus {
  const { id, name } = vendor.pack.catalog.vendor
  const test = extensionValue(vendor.root, extensionOids.testRoot) !== undefined
  const about = { vendor: { id, name }, test }
  if (service === undefined)
    return { ...nothingInstalled, ...about, reason: 'not activated; run "volact host activate"' }
  return { ...about, ...standing(service), ...figures(service) }
}

const nothingInstalled: VendorStatus = {
  ...{ state: 'unlicensed', reason: 'no pack is installed; run "volact host pack install FILE"' },
  ...{ applications: [], served: [], machines: 0, test: false },
  ...{ forks: 0, twins: 0, ephemeral: { live: 0, peak: 0 }, pools: [] },
}

function standing({ terms, clock, halt }: VendorService): Pick<VendorStatus, 'state' | 'reason' | 'clock' | 'halted'> {
  const state = clock.time() < terms.chainEnds ? 'licensed' : 'unlicensed'
  const reason =
    state === 'unlicensed' ? 'its certificate has ended; run "volact host activate"' : whyNoGrants(clock.state(), halt)
  return { state, reason, clock: clock.state(), ...(halt !== undefined && { halted: halt }) }
}

function whyNoGrants(clock: ClockState, halt: Halt | undefined): string {
  if (halt !== undefined) return `activated, but it grants nothing: ${halt}`
  return clock === 'good' ? 'activated' : `activated, but it grants nothing: its clock is ${clock}`
}

function figures(service: VendorService): Omit<VendorStatus, 'state' | 'reason' | 'test'> {
  const { terms, log, state, clock } = service
  const { customer } = terms.entitlement
  const { fork, 'fork-again': again, twin } = state.signs
  return {
    customer,
    logId: toHex(log.logId),
    notAfter: terms.chainEnds,
    ledger: { size: log.ledger.size, root: toHex(log.ledger.root()) },
    applications: terms.catalog.applications.map((application) =>
      applicationStatus(application, { terms, state, clock }),
    ),
    served: servedGroups(terms).map(({ group, generation }) => ({ group: group.number, name: group.name, generation })),
    machines: state.machines,
    ...{ forks: fork + again, twins: twin },
    ephemeral: state.places.figures(undefined, clock.seen()),
    pools: poolStatuses(service),
  }
}

/** Tells the pools of a vendor, without their secrets. */
export function poolStatuses({ pools, state, clock }: VendorService): readonly PoolStatus[] {
  return pools.list.map(({ id, limit, handle }) => ({ id, limit, ...state.places.figures(handle, clock.seen()) }))
}

/** Families of one application may count by rules of their own; the figures are those of the first. */
function applicationStatus(
  application: Application,
  { terms, state, clock }: Pick<VendorService, 'terms' | 'state' | 'clock'>,
): ApplicationStatus {
  const families = familiesOf(terms.catalog, application)
  const [first] = families
  const { weakCounts } = terms.entitlement
  const counted = first === undefined ? undefined : state.count(application, first, weakCounts, clock.seen())
  const count = counted?.effective ?? 0
  return {
    ...{ id: application.id, name: application.name, count },
    reportedCount: reportedCount(count, largestOf(terms, application)),
    weak: counted?.weak ?? 0,
    families: families.map((family) => ({
      slug: family.slug,
      name: family.name,
      ...thresholdOf(terms.entitlement, family),
    })),
  }
}
