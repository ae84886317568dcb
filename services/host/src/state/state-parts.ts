import { fromHex } from '@volact/core/bytes'
import { familyOf } from '@volact/core/catalog/applications'
import type { Catalog, Family } from '@volact/core/catalog/catalog'
import type { Grant } from '@volact/core/document/grant'
import { parseEntry } from '@volact/core/document/ledger-entry'
import type { Instant } from '@volact/core/time'
import type { Expected } from '../strangers/expectation.ts'
import { noApplication } from './contacts.ts'
import type { LeaseEnd } from './ends.ts'
import { hourOf } from './hour-ring.ts'
import { licenseKey } from './keys.ts'
import { LicenseBranches } from './license-branches.ts'
import { LicenseTable } from './license-table.ts'
import { type Contact, MachineTable } from './machine-table.ts'
import { PoolPlaces } from './pool-places.ts'
import { Releases } from './releases.ts'
import type { Replay } from './replay.ts'
import { flag } from './rows.ts'

/** Gives the bytes of an entry; nothing when they were erased. */
export type ReadEntry = (index: number) => Uint8Array | undefined

/** The parts of a ledger's state, and what changes more than one of them. */
export class StateParts {
  readonly catalog: Catalog
  readonly table: MachineTable
  readonly licenses: LicenseTable
  readonly branches: LicenseBranches = new LicenseBranches()
  readonly releases: Releases = new Releases()
  /** The bound of each pool that was added and not removed, by its handle. */
  readonly pools: Map<string, number> = new Map<string, number>()
  readonly places: PoolPlaces = new PoolPlaces((lease) => {
    this.#endEphemeral(lease)
  })
  /** The roll-out that was announced last (rule 39). */
  expected: Expected | undefined
  /** While entries are read again. */
  replay: Replay | undefined
  readonly #readEntry: ReadEntry
  #pending: ReadEntry | undefined
  #hour = 0
  #time: Instant = 0
  /** Rows that may be given back when the batch is durable. */
  #idle: number[] = []
  #waiting: (() => void)[] = []
  #rollbacks = 0
  #lastRead: Grant | undefined

  constructor(catalog: Catalog, readEntry: ReadEntry, key: Uint8Array) {
    this.catalog = catalog
    this.#readEntry = readEntry
    this.table = new MachineTable(catalog, key)
    this.licenses = new LicenseTable(this.table)
  }

  /** The newest time that was told. */
  get time(): Instant {
    return this.#time
  }

  /** The place of an application in the catalog. */
  place(application: string): number {
    const place = this.catalog.applications.findIndex(({ id }) => id === application)
    return place === -1 ? noApplication : place
  }

  /** The family of a product; a newer pack may no longer have it. */
  family(product: number): Family | undefined {
    const sold = this.catalog.products[product]
    return sold && familyOf(this.catalog, sold)
  }

  /** Lets time pass, before anything of that time is taken in. */
  pass(now: Instant): void {
    this.#time = Math.max(this.#time, now)
    const hour = hourOf(now)
    if (hour <= this.#hour) return
    this.#hour = hour
    this.licenses.pass(now)
    for (const count of this.table.counts) count.end(hour)
  }

  /** Counts a contact. */
  record(application: number, contact: Contact): void {
    // A newer pack may no longer have a product; its machines then count for nothing.
    if (application !== noApplication) this.table.record(this.table.firstOrNew(contact.machine, application), contact)
  }

  /** The row of a license; −1 when it was never granted. */
  row(machine: Uint8Array, machineAt: number, product: Uint8Array, productAt: number): number {
    const { products } = this.table
    const number = products.find(product, productAt)
    if (number === -1) return -1
    return this.table.inChain(this.table.first(machine, machineAt, products.application(number)), number)
  }

  /** Reads the grant of an entry; nothing when its bytes were erased. */
  grantAt(index: number): Grant | undefined {
    if (this.#lastRead?.index === index) return this.#lastRead
    const bytes = index < 0 ? undefined : (this.#pending?.(index) ?? this.#readEntry(index))
    const entry = bytes && parseEntry(bytes)
    if (entry?.kind !== 'grant') return undefined
    this.#lastRead = entry.grant
    return entry.grant
  }

  /** How many batches were taken back. */
  get rollbacks(): number {
    return this.#rollbacks
  }

  /** Does something when no batch is open: now, or when the present one has ended. */
  between(run: () => void): void {
    if (this.table.journal.isOpen) this.#waiting.push(run)
    else run()
  }

  /** Keeps nothing of the entry that was read last. */
  forgetRead(): void {
    this.#lastRead = undefined
  }

  begin(pending: ReadEntry): void {
    this.#pending = pending
    this.table.journal.begin()
    for (const live of this.licenses.all) live.keep()
  }

  commit(): void {
    this.#pending = undefined
    this.table.journal.commit()
    if (this.#idle.length > 0) this.#dropIdle()
    if (this.#waiting.length > 0) this.#runWaiting()
  }

  rollback(): void {
    this.#pending = undefined
    this.#lastRead = undefined
    this.#idle = []
    const { rows, contacts, journal } = this.table
    journal.rollback((row, words, at) => {
      contacts.uncount(row)
      this.licenses.lease(row, -1)
      rows.write(row, words, at)
      // It was verified meanwhile.
      if (this.licenses.earlier.get(row) === undefined) rows.unmark(row, flag.unverified)
      this.licenses.lease(row, 1)
      contacts.count(row)
    })
    for (const live of this.licenses.all) live.takeBack()
    this.#rollbacks += 1
    this.#runWaiting()
  }

  #dropIdle(): void {
    const idle = this.#idle
    this.#idle = []
    for (const row of idle) this.#drop(row)
  }

  #runWaiting(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const run of waiting) run()
  }

  /** Takes an unverified grant back, with its contact: the grant before it is the last one again (rule 15). */
  takeBack(row: number): void {
    const { rows, journal, contacts } = this.table
    const before = this.licenses.earlier.get(row)
    const disputed = this.grantAt(rows.index(row))
    const last = before && this.grantAt(before.index)
    const first = this.table.owner(row)
    journal.note(row)
    if (first !== row) journal.note(first)
    if (before !== undefined && disputed !== undefined && rows.hour(first) === hourOf(disputed.issued)) {
      contacts.uncount(first)
      rows.setContact(first, before.hour, rows.application(first))
      contacts.count(first)
    }
    this.licenses.end(row, 0)
    if (last === undefined) this.dropLater(row)
    else this.licenses.set(row, last, rows.product(row))
  }

  /** Gives back a row without a license, once nothing can bring it back. */
  dropLater(row: number): void {
    if (this.table.journal.isOpen) this.#idle.push(row)
    else this.#drop(row)
  }

  /** Nothing is kept of an ephemeral machine without a lease; of others, what is counted. */
  #drop(row: number): void {
    this.table.dropIdle(row, (first) => this.table.rows.has(first, flag.ephemeral))
  }

  /**
   * An ephemeral machine begins anew after its lease, so that nothing of it need be kept (rule 38). That its lease has ended stays so,
   * whatever becomes of the batch in which that was noticed.
   */
  #endEphemeral({ at, machine, product }: LeaseEnd): void {
    const ids = { machine: fromHex(machine), product: fromHex(product) }
    this.forgetBranches(licenseKey(ids.machine, ids.product))
    this.between(() => {
      const { rows } = this.table
      const row = this.row(ids.machine, 0, ids.product, 0)
      if (row === -1 || !rows.has(row, flag.granted) || rows.expires(row) > at) return
      this.licenses.end(row, 0)
      this.#drop(row)
    })
  }

  forgetBranches(license: string): void {
    this.keepBranches(license)
    this.branches.forget(license)
  }

  /** Notes what is known of the branches of a license, before that changes. */
  keepBranches(license: string): void {
    const { branches } = this
    const [before, counts] = [branches.get(license), branches.counts]
    this.table.journal.undo(() => {
      branches.restore(license, before, counts)
    })
  }
}
