import { equal } from '@volact/core/bytes'
import type { Application, Catalog, Family } from '@volact/core/catalog/catalog'
import type { LedgerEntry } from '@volact/core/document/ledger-entry'
import type { ActivationRequest } from '@volact/core/document/request'
import type { CountResult } from '@volact/core/licensing/count'
import type { BranchSign } from '@volact/core/licensing/forks'
import type { Instant } from '@volact/core/time'
import type { Expected } from '../strangers/expectation.ts'
import type { CountSlack } from './application-count.ts'
import { applyEntry } from './apply-entry.ts'
import { forgetMachine } from './forget-machines.ts'
import { hourOf } from './hour-ring.ts'
import { licenseKey } from './keys.ts'
import type { SignCounts } from './license-branches.ts'
import type { Contact, Hardware } from './machine-table.ts'
import type { PoolPlaces } from './pool-places.ts'
import { flag } from './rows.ts'
import { firstSeen, isShown, newSince, wouldChange } from './seen.ts'
import { type ReadEntry, StateParts } from './state-parts.ts'

export type { Contact } from './machine-table.ts'

/** The last grant of a license. */
export interface License {
  readonly index: number
  readonly cti: Uint8Array
  readonly req: Uint8Array
  readonly expires: Instant
  /** The entry beside it that tells the machine of a twin (rule 18). */
  readonly notice?: number
}

/** A renewal on the fast way: of the same machine, with the hardware that it was last seen with. */
export interface Renewal {
  readonly index: number
  /** Of the new grant, 16 bytes. */
  readonly cti: Uint8Array
  readonly issued: Instant
  readonly expires: Instant
}

/** How many leases are live, in all and by application (rule 19). */
export interface LiveFigures {
  readonly live: number
  readonly applications: readonly { readonly id: string; readonly live: number }[]
}

/** What the state holds, and what it takes, in plain numbers. */
export interface StateFigures {
  readonly machines: number
  /** Machines of each application, and their further products. */
  readonly rows: number
  readonly unverified: number
  /** Bytes of rows and indexes. */
  readonly bytes: number
}

/** By what the slack of a count is measured. */
export interface SlackTerms {
  readonly weakCounts: boolean
  readonly threshold: number
}

/**
 * What the entries of a ledger amount to: last grants, their branches, counts, releases, pools. A function of the entries alone, so that
 * a restart gives the same; what the ledger does not show does not count. A machine is a row of numbers; the rest is read from the ledger.
 */
export class LogState {
  /** Number of entries that the snapshot knew from which this state was restored; 0 without one. */
  restoredUpTo = 0
  readonly #parts: StateParts

  /** An empty state; `key` is that of its digests, 16 secret bytes. */
  constructor(catalog: Catalog, readEntry: ReadEntry, key: Uint8Array) {
    this.#parts = new StateParts(catalog, readEntry, key)
  }

  /** For those who write and read snapshots. */
  get parts(): StateParts {
    return this.#parts
  }

  /** Number of machines that are known. */
  get machines(): number {
    return this.#parts.table.contacts.distinct
  }

  /** How often requests have shown that a license has branches (rule 18). */
  get signs(): SignCounts {
    return this.#parts.branches.counts
  }

  /** The bounds of the pools that there are, by the hexadecimal digits of their handles (rule 38). */
  get pools(): ReadonlyMap<string, number> {
    return this.#parts.pools
  }

  /** The roll-out that was announced last, over or not (rule 39). */
  get expected(): Expected | undefined {
    return this.#parts.expected
  }

  get places(): PoolPlaces {
    return this.#parts.places
  }

  get unverifiedCount(): number {
    return this.#parts.licenses.earlier.count
  }

  /** Takes in an entry. Entries come in the order of the ledger. */
  apply(entry: LedgerEntry): void {
    applyEntry(this.#parts, entry)
  }

  // The fast way: by the row of a license, without any object.

  /**
   * The row of the license of a machine for a product, whose IDs stand at these offsets; −1 when there is no last grant. It is good until
   * the next turn of the event loop: who comes back to it compares `lastIndex`.
   */
  ref(machine: Uint8Array, machineAt: number, product: Uint8Array, productAt: number): number {
    const row = this.#parts.row(machine, machineAt, product, productAt)
    return row !== -1 && this.#parts.table.rows.has(row, flag.granted) ? row : -1
  }

  /** Whether a `cti` is that of the last grant, by its first eight bytes: the ledger has all of it. */
  isLastGrant(ref: number, cti: Uint8Array, at: number): boolean {
    return this.#parts.licenses.isLast(ref, cti, at)
  }

  /** Whether the stable part of the license's requests has this digest of 8 bytes (rule 15). */
  hasStable(ref: number, digest: Uint8Array, at: number): boolean {
    return this.#parts.licenses.hasStable(ref, digest, at)
  }

  /** Keeps the digest of the stable part of a verified request. A machine of a pool proves each time that it is (rule 38). */
  setStable(ref: number, digest: Uint8Array, at: number): void {
    const { table, licenses } = this.#parts
    if (table.rows.has(table.owner(ref), flag.ephemeral)) return
    table.journal.note(ref)
    licenses.setStable(ref, digest, at)
  }

  /** Whether there is such a digest. */
  isStable(ref: number): boolean {
    return this.#parts.table.rows.has(ref, flag.stable)
  }

  /** Sends the license the slow way. */
  clearStable(ref: number): void {
    this.#parts.table.journal.note(ref)
    this.#parts.table.rows.unmark(ref, flag.stable)
  }

  expires(ref: number): Instant {
    return this.#parts.table.rows.expires(ref)
  }

  lastIndex(ref: number): number {
    return this.#parts.table.rows.index(ref)
  }

  /** Whether the machine stands in the count of its product's family, so that its renewal does not change that. */
  isCounted(ref: number, now: Instant): boolean {
    const { rows } = this.#parts.table
    const first = this.#parts.table.owner(ref)
    const family = this.#parts.family(rows.product(ref))
    return family !== undefined && hourOf(now) < rows.hour(first) + hourOf(family.windowSeconds)
  }

  /** Makes a grant the last one of its license, and counts the contact. */
  renew(ref: number, renewal: Renewal): void {
    const { table, licenses } = this.#parts
    const first = table.owner(ref)
    this.#parts.pass(renewal.issued)
    table.journal.note(ref)
    if (first !== ref) table.journal.note(first)
    licenses.set(ref, renewal, table.rows.product(ref))
    table.contacts.touch(first, hourOf(renewal.issued))
  }

  unverified(ref: number): boolean {
    return this.#parts.table.rows.has(ref, flag.unverified)
  }

  /** Notes, before it is renewed, that the grant to come of a license rests unverified; `previous` is the index of the one before. */
  markUnverified(ref: number, previous: number): void {
    const { table, licenses } = this.#parts
    table.journal.undo(() => {
      licenses.earlier.forget(ref)
    })
    table.journal.note(ref)
    licenses.earlier.note(ref, previous, table.rows.hour(table.owner(ref)))
    table.rows.mark(ref, flag.unverified)
  }

  /** The signature of the last grant's request is good. */
  markVerified(ref: number): void {
    this.#parts.table.rows.unmark(ref, flag.unverified)
    this.#parts.licenses.earlier.forget(ref)
  }

  /** Takes an unverified grant back, with its contact: the grant before it is the last one again (rule 15). */
  takeBack(ref: number): void {
    this.#parts.takeBack(ref)
  }

  /** Begins a batch; `pending` gives the bytes of entries that are not in the ledger yet. */
  begin(pending: ReadEntry): void {
    this.#parts.begin(pending)
  }

  /** The batch is durable. */
  commit(): void {
    this.#parts.commit()
  }

  /** The disk did not take the batch: nothing of it ever was. */
  rollback(): void {
    this.#parts.rollback()
  }

  // The slow way: with what the ledger has.

  /** The last grant of a machine for a product. */
  license(machine: Uint8Array, product: Uint8Array): License | undefined {
    const row = this.ref(machine, 0, product, 0)
    const grant = row === -1 ? undefined : this.#parts.grantAt(this.lastIndex(row))
    if (grant === undefined || !equal(grant.machine, machine)) return undefined
    const { index, cti, req, expires, nonce } = grant
    const notice = this.#parts.branches.notice(licenseKey(machine, product), nonce)
    return { index, cti, req, expires, ...(notice !== undefined && { notice }) }
  }

  /** The entry of a release, by the digest of its bytes. */
  released(digest: Uint8Array): number | undefined {
    return this.#parts.releases.find(digest)
  }

  /** Tells what a request shows of the branches of its license (rule 18). */
  branchSign(machine: Uint8Array, { product, prev }: ActivationRequest, now: Instant): BranchSign {
    const last = this.license(machine, product)?.cti
    return this.#parts.branches.sign(licenseKey(machine, product), prev, last, now)
  }

  /** Whether a request would take back a release, or change the hardware that the machine was seen with. */
  isChange(machine: Uint8Array, request: Pick<ActivationRequest, 'product' | 'anchor' | 'flags'>): boolean {
    return wouldChange(this.#parts.table, machine, request)
  }

  /** Counts the machines of an application under the rule of one of its families. */
  count(application: Application, family: Family, weakCounts: boolean, now: Instant): CountResult {
    const count = this.#parts.table.counts[this.#parts.place(application.id)]
    if (count === undefined) throw new Error(`no count for ${application.id}`)
    return count.count(now, { ...family, weakCounts })
  }

  /** Says how long the count of a family holds if nobody came any more. */
  slack(application: Application, family: Family, terms: SlackTerms, now: Instant): CountSlack | undefined {
    const count = this.#parts.table.counts[this.#parts.place(application.id)]
    return count?.slack(now, { ...family, weakCounts: terms.weakCounts }, terms.threshold)
  }

  /** Whether a contact adds nothing to the count that the ledger does not show already (rule 24: one sighting per window). */
  isSeen(application: Application, family: Family, contact: Contact): boolean {
    return isShown(this.#parts.table, this.#parts.place(application.id), family, contact)
  }

  /** Counts a contact ahead of the entry that is going to show it. */
  see(application: Application, contact: Contact): void {
    this.#parts.pass(contact.at)
    this.#parts.record(this.#parts.place(application.id), contact)
  }

  /** Since when the hardware of a machine is known, to the hour (rule 37). */
  firstSeen(machine: Hardware & Pick<Contact, 'machine'>): Instant | undefined {
    return firstSeen(this.#parts.table, machine)
  }

  /** How many machines an application saw for the first time at this time or later, to the hour. Looks at all of them. */
  newSince(time: Instant): number {
    return newSince(this.#parts.table, time)
  }

  /** How many leases are live (rule 19). */
  live(now: Instant): number {
    return this.#parts.licenses.live().at(now)
  }

  /** Whether a machine has a live lease for a product. */
  isLive(machine: Uint8Array, product: Uint8Array, now: Instant): boolean {
    const row = this.ref(machine, 0, product, 0)
    return row !== -1 && now < this.expires(row)
  }

  liveFigures(now: Instant): LiveFigures {
    const { catalog, licenses } = this.#parts
    const applications = catalog.applications.map(({ id }, place) => ({ id, live: licenses.live(place).at(now) }))
    return { live: this.live(now), applications }
  }

  /** The most leases that were live on any day of a period, of one application or of all. Days are those of UTC. */
  livePeak(from: Instant, to: Instant, application?: string): number {
    const place = application === undefined ? undefined : this.#parts.place(application)
    return this.#parts.licenses.live(place).peak(from, to)
  }

  /** Forgets a machine, before its entries are erased; done when no batch knows it any more. */
  forget(machine: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#parts.between(() => {
        forgetMachine(this.#parts, machine)
        resolve()
      })
    })
  }

  figures(): StateFigures {
    const { table, licenses } = this.#parts
    const bytes = table.rows.bytes + table.contacts.bytes + licenses.earlier.bytes
    return { machines: this.machines, rows: table.rows.used, unverified: this.unverifiedCount, bytes }
  }
}
