import type { Catalog } from '@volact/core/catalog/catalog'
import { familiesOf } from '@volact/core/catalog/applications'
import { digestLength } from '@volact/core/document/limits'
import { encodeFlags, type MachineFlags } from '@volact/core/document/flags'
import type { Instant } from '@volact/core/time'
import { ApplicationCount } from './application-count.ts'
import { Contacts } from './contacts.ts'
import { hourOf } from './hour-ring.ts'
import { Journal } from './journal.ts'
import { ProductNumbers } from './product-numbers.ts'
import { flag, machineFlags, Rows, word } from './rows.ts'
import { SipHash } from './sip-hash.ts'

/** What is counted of a machine. */
export interface Contact {
  readonly machine: Uint8Array
  readonly anchor: Uint8Array
  readonly flags: MachineFlags
  readonly at: Instant
}

/** Hardware as a request names it. */
export type Hardware = Pick<Contact, 'anchor' | 'flags'>

/** The rows of a ledger's state with what finds them: machines by application, and on each the chain of its products. */
export class MachineTable {
  readonly rows: Rows = new Rows()
  readonly journal: Journal = new Journal(this.rows)
  readonly counts: readonly ApplicationCount[]
  readonly contacts: Contacts
  readonly products: ProductNumbers
  /** The key of all digests. */
  readonly key: Uint8Array
  readonly #hash: SipHash

  constructor(catalog: Catalog, key: Uint8Array) {
    this.key = key
    this.#hash = new SipHash(key)
    this.products = new ProductNumbers(catalog)
    this.counts = catalog.applications.map((application) => new ApplicationCount(familiesOf(catalog, application)))
    this.contacts = new Contacts(this.rows, this.counts)
  }

  /** The first row of a machine in an application; −1 when it was never seen there. */
  first(machine: Uint8Array, at: number, application: number): number {
    this.#hash.hash(machine, at, digestLength)
    return this.contacts.find(this.#hash.low, this.#hash.high, application)
  }

  /** The same, made if need be. */
  firstOrNew(machine: Uint8Array, application: number): number {
    const known = this.first(machine, 0, application)
    if (known !== -1) return known
    const row = this.contacts.create(this.#hash.low, this.#hash.high, application)
    this.journal.undo(() => {
      this.contacts.drop(row)
    })
    return row
  }

  /** The row of a product in the chain that begins with a machine's first row; −1 when there is none. */
  inChain(first: number, product: number): number {
    const { rows } = this
    for (let row = first; row !== -1; row = rows.get(row, word.next) - 1) {
      if (rows.has(row, flag.granted | flag.givenBack) && rows.product(row) === product) return row
    }
    return -1
  }

  /** The row of a machine's product, made if need be: the first row takes the first product. */
  rowFor(machine: Uint8Array, product: number): number {
    const first = this.firstOrNew(machine, this.products.application(product))
    const known = this.inChain(first, product)
    if (known !== -1) return known
    if (!this.rows.has(first, flag.granted | flag.givenBack)) return first
    return this.#extend(first)
  }

  /** The first row of the chain that a row is in. */
  owner(row: number): number {
    return this.rows.has(row, flag.extra) ? this.rows.get(row, word.machine) : row
  }

  /** Takes in the latest contact of a machine: its hardware, and the hour. An older one says nothing (rule 36). */
  record(row: number, { anchor, flags, at }: Omit<Contact, 'machine'>): void {
    const { rows, contacts } = this
    const hour = hourOf(at)
    const isKnown = rows.has(row, flag.contact)
    if (isKnown && rows.hour(row) > hour) return
    this.journal.note(row)
    if (isKnown && this.isSameHardware(row, { anchor, flags })) {
      contacts.touch(row, hour)
      return
    }
    contacts.uncount(row)
    rows.unmark(row, machineFlags)
    rows.mark(row, flag.contact | encodeFlags(flags))
    this.#setAnchor(row, anchor)
    if (!isKnown) rows.setBorn(row, hour)
    rows.setContact(row, hour, rows.application(row))
    contacts.count(row)
    this.#clearStable(row)
  }

  isSameHardware(row: number, { anchor, flags }: Hardware): boolean {
    const { rows } = this
    if ((rows.get(row, word.born) & machineFlags) !== encodeFlags(flags)) return false
    this.#hash.hash(anchor, 0, digestLength)
    return rows.get(row, word.anchor) === this.#hash.low && rows.get(row, word.anchorHigh) === this.#hash.high
  }

  /** The machine that was last seen with an anchor; −1 for none. */
  newest(anchor: Uint8Array, application: number, isVirtual: boolean): number {
    this.#hash.hash(anchor, 0, digestLength)
    return this.contacts.newest(this.#hash.low, this.#hash.high, application, isVirtual)
  }

  /** Gives back a row without a license: a product's at once, a machine's when no product is left and `isForgotten` says so. */
  dropIdle(row: number, isForgotten: (first: number) => boolean): void {
    const { rows, contacts } = this
    if (!rows.has(row, flag.used) || rows.has(row, flag.granted | flag.givenBack)) return
    const first = this.owner(row)
    if (row !== first) this.#unlink(first, row)
    if (rows.has(first, flag.granted | flag.givenBack) || rows.get(first, word.next) !== 0) return
    if (!isForgotten(first)) return
    contacts.uncount(first)
    contacts.drop(first)
  }

  #extend(first: number): number {
    const { rows, journal } = this
    const row = rows.take()
    journal.undo(() => {
      rows.give(row)
    })
    journal.note(first)
    rows.mark(row, flag.extra)
    rows.set(row, word.machine, first)
    rows.setContact(row, 0, rows.application(first))
    rows.set(row, word.next, rows.get(first, word.next))
    rows.set(first, word.next, row + 1)
    return row
  }

  #unlink(first: number, row: number): void {
    const { rows } = this
    let before = first
    while (rows.get(before, word.next) !== row + 1) before = rows.get(before, word.next) - 1
    rows.set(before, word.next, rows.get(row, word.next))
    rows.give(row)
  }

  #setAnchor(row: number, anchor: Uint8Array): void {
    this.#hash.hash(anchor, 0, digestLength)
    this.rows.set(row, word.anchor, this.#hash.low)
    this.rows.set(row, word.anchorHigh, this.#hash.high)
  }

  /** What a request of other hardware was known by is no sign of this one. */
  #clearStable(first: number): void {
    const { rows, journal } = this
    for (let row = first; row !== -1; row = rows.get(row, word.next) - 1) {
      if (row !== first) journal.note(row)
      rows.unmark(row, flag.stable)
    }
  }
}
