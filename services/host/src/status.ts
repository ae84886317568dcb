import { toHex } from '@volact/core/bytes'
import { familiesOf } from '@volact/core/catalog/applications'
import type { Application } from '@volact/core/catalog/catalog'
import { reportedCount } from '@volact/core/licensing/count'
import { type Instant, toIso } from '@volact/core/time'
import { extensionValue } from '@volact/core/x509/certificate'
import { extensionOids } from '@volact/core/x509/oids'
import type { IndexStatus } from './index/index-status.ts'
import type { OpenedVendor } from './open-host.ts'
import type { ClockState } from './pipeline/clock.ts'
import type { PoolFigures } from './state/pool-places.ts'
import { renewalWindow } from './renewal/standing-notes.ts'
import { quantityStatus, type QuantityStatus } from './pipeline/quantity.ts'
import { largestOf, servedGroups, thresholdOf } from './pipeline/terms.ts'
import type { Halt, VendorService } from './pipeline/vendor-service.ts'
import type { DoorFigures } from './strangers/open-door.ts'

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
  /** Live leases and those that were agreed on (rule 19); nothing where no quantity was agreed. */
  readonly quantity?: QuantityStatus
  /** How often a license has shown a second branch, and how often a machine was told that it is a twin (rule 18). */
  readonly forks: number
  readonly twins: number
  /** Signatures of renewals that are verified afterwards (rule 15). */
  readonly signatures: SignatureStatus
  /** Newest first. */
  readonly latestForks?: readonly ForkStatus[]
  /** Ephemeral machines of all pools that have a live lease, and the most that ever had at the same time (rule 38). */
  readonly ephemeral: PoolFigures
  readonly pools: readonly PoolStatus[]
  /** The roll-out that was announced last, until it is over (rule 39). */
  readonly rollout?: RolloutStatus
  /** Whether the vendor's root is one for tests (rule 11). */
  readonly test: boolean
  /** From when on the certificate is renewed (rule 6). */
  readonly renewalFrom?: Instant
  /** Until when the host serves with other hardware than was certified (rule 36). */
  readonly hardwareEnd?: Instant
  /** A spare is in use: the log of the host that it stands in for, and until when it serves without being confirmed (rule 47). */
  readonly spare?: { readonly predecessor: string; readonly until: Instant }
  /** Why nothing is granted, though it is activated (rule 26). */
  readonly halted?: Halt
  /** Whether the host believes its clock (rule 43); it grants nothing while it does not. */
  readonly clock?: ClockState
}

/** Grants whose signature is still to be verified, the seconds that takes, and those that were disputed since the host was started. */
export interface SignatureStatus {
  readonly unverified: number
  readonly drainSeconds: number
  readonly disputed: number
}

/** How far a roll-out is: machines that were announced, and those that have come since. */
export interface RolloutStatus {
  readonly expected: number
  readonly takenIn: number
  readonly until: Instant
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
  /** Activation over HTTPS, and health and metrics, where there are such. */
  readonly httpsAddress?: string
  readonly adminAddress?: string
  /** How the index does, where it was asked. Activation goes on, whatever it says. */
  readonly index?: IndexStatus
  /** The door for new identities, while it runs (rule 39). */
  readonly newcomers?: DoorFigures
  readonly others: readonly VendorStatus[]
}

/** Tells the status of a host with its vendors. */
export function hostStatusOf(vendors: readonly OpenedVendor[], running?: RunningStatus): HostStatus {
  const [first = nothingInstalled, ...others] = vendors.map(vendorStatusOf)
  return { ...first, ...running, others }
}

/** What only a host that runs can say. */
type RunningStatus = Pick<HostStatus, 'address' | 'httpsAddress' | 'adminAddress' | 'newcomers'>

function vendorStatusOf({ vendor, service }: OpenedVendor): VendorStatus {
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
  signatures: { unverified: 0, drainSeconds: 0, disputed: 0 },
}

function standing({
  terms,
  clock,
  halt,
  spare,
}: VendorService): Pick<VendorStatus, 'state' | 'reason' | 'clock' | 'halted'> {
  const state = clock.time() < terms.chainEnds ? 'licensed' : 'unlicensed'
  const reason =
    state === 'unlicensed' ? 'its certificate has ended; run "volact host activate"' : whyNoGrants(clock, halt, spare)
  return { state, reason, clock: clock.state(), ...(halt !== undefined && { halted: halt }) }
}

function whyNoGrants(
  ledgerClock: VendorService['clock'],
  halt: Halt | undefined,
  spare: VendorService['spare'],
): string {
  if (halt !== undefined) return `activated, but it grants nothing: ${halt}`
  const clock = ledgerClock.state()
  if (clock === 'good' && spare !== undefined) return spareReason(spare.until, ledgerClock.time())
  if (clock === 'good') return 'activated'
  const remedy = clock === 'ahead' ? 'set it right, or run "volact host clock accept" if it is' : 'set it right'
  return `activated, but it grants nothing: its clock is ${clock}; ${remedy}`
}

/** The same words everywhere: people search for them. */
function spareReason(until: Instant, now: Instant): string {
  const confirm = 'have it confirmed with "volact host spare confirm"'
  if (now >= until) return `spare in use, but it grants nothing: it was not confirmed by ${toIso(until)}; ${confirm}`
  return `spare in use: it grants until ${toIso(until)}; ${confirm}`
}

function figures(service: VendorService): Omit<VendorStatus, 'state' | 'reason' | 'test'> {
  const { terms, log, state, clock } = service
  const { customer } = terms.entitlement
  const { fork, 'fork-again': again, twin } = state.signs
  const { unverified, drainSeconds, disputed } = service.figures()
  return {
    customer,
    logId: toHex(log.logId),
    notAfter: terms.chainEnds,
    renewalFrom: terms.chainEnds - renewalWindow,
    ...(service.hardwareEnd !== undefined && { hardwareEnd: service.hardwareEnd }),
    ...(service.spare && { spare: { ...service.spare, predecessor: toHex(service.spare.predecessor) } }),
    ledger: { size: log.ledger.size, root: toHex(log.ledger.root()) },
    applications: terms.catalog.applications.map((application) =>
      applicationStatus(application, { terms, state, clock }),
    ),
    served: servedGroups(terms).map(({ group, generation }) => ({ group: group.number, name: group.name, generation })),
    machines: state.machines,
    ...quantityOf(service),
    ...{ forks: fork + again, twins: twin, signatures: { unverified, drainSeconds, disputed } },
    ephemeral: state.places.figures(undefined, clock.seen()),
    pools: poolStatuses(service),
    ...rolloutOf(service),
  }
}

function quantityOf({ terms, state, clock }: VendorService): Pick<VendorStatus, 'quantity'> {
  const quantity = quantityStatus(terms, state, clock.seen())
  return quantity === undefined ? {} : { quantity }
}

function rolloutOf({ state, clock }: VendorService): Pick<VendorStatus, 'rollout'> {
  const { expected } = state
  if (expected === undefined || clock.seen() >= expected.until) return {}
  const takenIn = Math.max(0, state.machines - expected.known)
  return { rollout: { expected: expected.machines, takenIn, until: expected.until } }
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
