import type { DatabaseSync } from 'node:sqlite'
import { uuidFromBytes } from '@volact/core/catalog/uuid'
import { type LedgerEntry, parseEntry } from '@volact/core/document/ledger-entry'
import type { Instant } from '@volact/core/time'
import { EntryWriter } from './entry-writer.ts'
import type { ForkRow } from './fork-warning.ts'
import { derivedTables } from './index-schema.ts'
import type { IndexedProduct, IndexedVendor } from './index-vendor.ts'
import { KeptWriter, type TimedEvent } from './kept-writer.ts'
import type { FoundEntry } from '@volact/ledger/ledger-reader'
import type { Retention } from '@volact/ledger/retain'
import { unknownProduct } from './license-rows.ts'
import { inTransaction } from './open-index.ts'
import type { TalliedRefusal } from './refusal-tally.ts'
import { dropOld } from './retention.ts'

/** How far the ledger of a vendor is in the index, and in its counters. */
export interface Progress {
  readonly id: number
  size: number
  counted: number
}

/** What is not in the ledger, since the last time. */
export interface IndexNews {
  readonly refusals: readonly TalliedRefusal[]
  readonly events: readonly TimedEvent[]
}

/** A product in the index. */
interface KnownProduct {
  readonly id: number
  readonly application: string
}

const nobody = { id: 0, size: 0, counted: 0 }

/** Writes the index, in transactions that take in much at once. After a failure it is of no more use: it is opened again. */
export class IndexWriter {
  readonly #db: DatabaseSync
  readonly #entries: EntryWriter
  readonly #kept: KeptWriter
  readonly #vendors = new Map<string, Progress>()
  readonly #products = new Map<string, KnownProduct>()

  constructor(db: DatabaseSync, vendors: readonly IndexedVendor[]) {
    this.#db = db
    this.#entries = new EntryWriter(db)
    this.#kept = new KeptWriter(db)
    for (const { id, uuid, application } of db.prepare('select id, uuid, application from products').all())
      this.#products.set(String(uuid), { id: Number(id), application: String(application) })
    inTransaction(db, () => {
      for (const vendor of vendors) this.#register(vendor)
    })
  }

  /** Tells how far a vendor's ledger is read: from where the next entries are wanted. */
  next(vendor: string): number {
    const { size, counted } = this.#vendors.get(vendor) ?? nobody
    return Math.min(size, counted)
  }

  /** Takes entries of a ledger in, which begin at `next`; gives the forks that they note. All of it, or nothing. */
  write(vendor: string, entries: readonly FoundEntry[]): readonly ForkRow[] {
    const progress = this.#vendors.get(vendor)
    const last = entries.at(-1)
    if (progress === undefined || last === undefined) return []
    const end = last.index + 1
    const forks = inTransaction(this.#db, () => {
      const found = entries.flatMap((entry) => this.#take(progress, entry) ?? [])
      this.#entries.save()
      this.#kept.save()
      const sizes = [Math.max(progress.size, end), Math.max(progress.counted, end)] as const
      this.#db.prepare('update vendors set size = ?, counted = ? where id = ?').run(...sizes, progress.id)
      return found
    })
    progress.size = Math.max(progress.size, end)
    progress.counted = Math.max(progress.counted, end)
    return forks
  }

  /** Takes in what is not in the ledger. All of it, or nothing. */
  tell({ refusals, events }: IndexNews): void {
    inTransaction(this.#db, () => {
      for (const refused of refusals) {
        const product = this.#products.get(refused.product) ?? { id: unknownProduct, application: '' }
        const { id: vendor } = this.#vendors.get(refused.vendor) ?? nobody
        this.#kept.refuse({ vendor, product: product.id, application: product.application }, refused)
      }
      for (const event of events) this.#kept.event(event)
      this.#kept.save()
    })
  }

  /** Drops a step of what is kept no longer; says whether there may be more. */
  dropOld(now: Instant, retention: Retention): boolean {
    return inTransaction(this.#db, () => dropOld(this.#db, now, retention))
  }

  /** What has been erased says nothing. */
  #take(progress: Progress, { index, bytes, details }: FoundEntry): ForkRow | undefined {
    if (bytes === undefined) return undefined
    const entry = parseEntry(bytes)
    if (index >= progress.counted) this.#count(progress.id, entry)
    if (index < progress.size) return undefined
    return this.#entries.write(progress.id, { entry, details }, (product) => this.#productOf(progress.id, product))
  }

  #count(vendor: number, entry: LedgerEntry): void {
    if (entry.kind !== 'grant') return
    const { application = '' } = this.#products.get(uuidFromBytes(entry.grant.product)) ?? {}
    this.#kept.count({ vendor, application }, entry.grant.state, { times: 1 })
  }

  #productOf(vendor: number, bytes: Uint8Array): number {
    const uuid = uuidFromBytes(bytes)
    const known = this.#products.get(uuid)
    if (known !== undefined) return known.id
    const none = { slug: '', name: '', application: '', applicationName: '', window: 0 }
    return this.#putProduct(vendor, { uuid, ...none })
  }

  #putProduct(vendor: number, product: IndexedProduct): number {
    const { uuid, slug, name, application, applicationName, window } = product
    const row = this.#db
      .prepare(
        `insert into products (uuid, vendor, slug, name, application, application_name, window)
          values (?, ?, ?, ?, ?, ?, ?) on conflict (uuid) do update set vendor = excluded.vendor, slug = excluded.slug,
          name = excluded.name, application = excluded.application, application_name = excluded.application_name,
          window = excluded.window returning id`,
      )
      .get(uuid, vendor, slug, name, application, applicationName, window)
    const id = Number(row?.['id'])
    this.#products.set(uuid, { id, application })
    return id
  }

  #register(vendor: IndexedVendor): void {
    const { id: name, log, products, size } = vendor
    const known = this.#db.prepare('select id, log, size, counted from vendors where name = ?').get(name)
    const found = known && { size: Number(known['size']), counted: Number(known['counted']) }
    const progress = { id: found ? Number(known['id']) : this.#makeVendor(name, log), size: 0, counted: 0, ...found }
    if (known !== undefined && (known['log'] !== log || progress.size > size)) {
      progress.size = 0
      // Of the same ledger nothing is counted twice, though this one ends earlier.
      progress.counted = known['log'] === log ? Math.min(progress.counted, size) : 0
      this.#begin(progress, log)
    }
    this.#vendors.set(name, progress)
    for (const product of products) this.#putProduct(progress.id, product)
  }

  #makeVendor(name: string, log: string): number {
    const insert = this.#db.prepare('insert into vendors (name, log, size, counted) values (?, ?, 0, 0)')
    return Number(insert.run(name, log).lastInsertRowid)
  }

  /** The host was activated anew, or is a copy put back. What was counted and refused stays. */
  #begin({ id, counted }: Progress, log: string): void {
    for (const table of derivedTables) this.#db.prepare(`delete from ${table} where vendor = ?`).run(id)
    this.#db.prepare('update vendors set log = ?, size = 0, counted = ? where id = ?').run(log, counted, id)
  }
}
