import { parseEntry } from '@volact/core/document/ledger-entry'
import { readForkNote } from '@volact/core/document/fork-entry'
import { uuidFromBytes } from '@volact/core/catalog/uuid'
import type { Instant } from '@volact/core/time'
import { sqliteError } from '@volact/storage/sqlite-error'
import { besideFacts } from './beside-facts.ts'
import { type ForkRow, forkWarning } from './fork-warning.ts'
import type { IndexedVendor } from './index-vendor.ts'
import { type IndexNews, IndexWriter } from './index-writer.ts'
import { type FoundEntry, LedgerReader } from '@volact/ledger/ledger-reader'
import { type Retention, usualRetention } from '@volact/ledger/retain'
import { indexFile, type OpenedIndex, openIndex } from './open-index.ts'

/** How many entries go into one transaction at most. */
const chunk = 4_000

/** After how many refusals it is looked whether there are too many: a flood of them does not wait for the next day. */
const crowd = 5_000

export interface IndexKeeperOptions {
  readonly path: string
  readonly vendors: readonly IndexedVendor[]
  /** How long things are kept; as usual where it is missing. */
  readonly retention?: Retention
  /** How long it waits for another program that writes to the index, in milliseconds. */
  readonly patience: number
  readonly note: (text: string) => void
}

interface KeptVendor {
  readonly feed: LedgerReader
  /** Entries that the ledger has. */
  size: number
  /** Up to which entry forks have been told of. */
  told: number
}

/**
 * Brings the index up to the ledgers of a host, step by step. A step that fails leaves nothing half done, and throws; the next one opens the
 * file again, and makes it anew if it has to.
 */
export class IndexKeeper {
  readonly #options: IndexKeeperOptions
  #described: readonly IndexedVendor[]
  #vendors: ReadonlyMap<string, KeptVendor>
  #open: { readonly index: OpenedIndex; readonly writer: IndexWriter } | undefined
  #news: IndexNews | undefined
  #last: ReadonlyMap<string, number> = new Map()
  #retention: Retention
  /** The day on which something was dropped last. */
  #dropped = -1
  /** Refusals that were written since something was dropped last. */
  #refusals = 0

  constructor(options: IndexKeeperOptions) {
    this.#options = options
    this.#retention = options.retention ?? usualRetention
    this.#described = options.vendors
    this.#vendors = new Map(options.vendors.map((vendor) => [vendor.id, keptVendor(vendor)]))
  }

  /** Whether what was told last still waits to be written. */
  get hasNews(): boolean {
    return this.#news !== undefined
  }

  /** Hears how many entries a ledger has. */
  grown(vendor: string, size: number): void {
    const known = this.#vendors.get(vendor)
    if (known !== undefined) known.size = Math.max(known.size, size)
  }

  /** Hears of other products or vendors: the file is opened again with them. Those that it had are read on from where they are. */
  follow(vendors: readonly IndexedVendor[]): void {
    const before = this.#vendors
    this.close()
    this.#described = vendors
    this.#vendors = new Map(vendors.map((vendor) => [vendor.id, before.get(vendor.id) ?? keptVendor(vendor)]))
  }

  /** Hears for how long things are kept from now on. */
  keepFor(retention: Retention): void {
    const { entries, ephemeral, details } = this.#retention
    const isSame = retention.entries === entries && retention.ephemeral === ephemeral && retention.details === details
    if (isSame) return
    this.#retention = retention
    this.#dropped = -1
  }

  /** Hears what is not in the ledger; only once what was told before is written. */
  tell(news: IndexNews): void {
    if (this.#news !== undefined) throw new Error('the index has not yet written what it was told before')
    this.#news = news
  }

  /** Entries that a ledger has. */
  sizeOf(vendor: string): number {
    return this.#vendors.get(vendor)?.size ?? 0
  }

  /** Up to which entry each ledger is in the index. */
  next(): readonly (readonly [vendor: string, next: number])[] {
    return [...this.#vendors.keys()].map((id) => [id, this.#open?.writer.next(id) ?? this.#last.get(id) ?? 0] as const)
  }

  /** Entries that are not in the index yet. */
  behind(): number {
    return this.next().reduce((sum, [id, next]) => sum + Math.max(0, this.sizeOf(id) - next), 0)
  }

  /** Does a bounded piece of the work; says whether there is more. */
  async step(now: Instant): Promise<boolean> {
    try {
      const { writer } = await this.#opened()
      if (this.#news !== undefined) writer.tell(this.#news)
      this.#refusals += this.#news?.refusals.length ?? 0
      this.#news = undefined
      return this.#writeEntries(writer) || this.#dropOld(writer, now)
    } catch (error) {
      this.close()
      throw sqliteError(error, this.#options.path)
    }
  }

  /** Tells of forks while the index cannot be written: with the one name that the request has. */
  warnWithoutIndex(): void {
    for (const vendor of this.#vendors.values()) {
      for (const fed of vendor.feed.read(vendor.told, vendor.size)) this.#warn(vendor, fed.index, blindFork(fed))
      vendor.told = vendor.size
    }
  }

  /** Closes the file; the next step opens it again. */
  close(): void {
    this.#last = new Map(this.next())
    for (const { feed } of this.#vendors.values()) feed.close()
    this.#open?.index.db.close()
    this.#open = undefined
  }

  async #opened(): Promise<{ readonly writer: IndexWriter }> {
    const { path, patience, note } = this.#options
    if (this.#open !== undefined && indexFile(path) === this.#open.index.file) return this.#open
    this.close()
    const index = await openIndex(path, patience)
    try {
      const current = this.#described.map((vendor) => ({
        ...vendor,
        size: this.#vendors.get(vendor.id)?.size ?? vendor.size,
      }))
      this.#open = { index, writer: new IndexWriter(index.db, current) }
    } catch (error) {
      index.db.close()
      throw error
    }
    if (index.made !== undefined && this.behind() > freshSize) note(madeAnew(index.made))
    return this.#open
  }

  #writeEntries(writer: IndexWriter): boolean {
    let hasMore = false
    for (const [id, vendor] of this.#vendors) {
      const from = writer.next(id)
      if (from >= vendor.size) continue
      const entries = [...vendor.feed.read(from, Math.min(vendor.size, from + chunk))]
      const forks = writer.write(id, entries)
      for (const fork of forks) this.#warn(vendor, fork.number, fork)
      vendor.told = Math.max(vendor.told, writer.next(id))
      hasMore ||= entries.length > 0 && writer.next(id) < vendor.size
    }
    return hasMore
  }

  /** Once a day, and behind each flood, until all of it is done. */
  #dropOld(writer: IndexWriter, now: Instant): boolean {
    const day = Math.floor(now / 86_400)
    if (day === this.#dropped && this.#refusals < crowd) return false
    const hasMore = writer.dropOld(now, this.#retention)
    if (hasMore) return true
    this.#dropped = day
    this.#refusals = 0
    return false
  }

  #warn(vendor: KeptVendor, number: number, fork: ForkRow | undefined): void {
    const warning = fork && number >= vendor.told ? forkWarning(fork) : undefined
    if (warning !== undefined) this.#options.note(warning)
  }
}

function keptVendor({ ledger, size }: IndexedVendor): KeptVendor {
  return { feed: new LedgerReader(ledger), size, told: size }
}

/** Entries that a ledger has before it has served anybody: there is nothing to lose then. */
const freshSize = 2

function madeAnew(why: string): string {
  return (
    `the index is made anew from the ledger: ${why}. Refusals, the counters of refused requests and the events of the ` +
    'service from before now were only in it'
  )
}

function blindFork({ index, time, bytes, details }: FoundEntry): ForkRow | undefined {
  const note = bytes && readForkNote(parseEntry(bytes))
  if (note === undefined) return undefined
  const { act, machine, product } = note
  const name = besideFacts(details).name ?? null
  return { number: index, time, act, machine, product: uuidFromBytes(product), name, other_name: null }
}
