import type { GrantWriter } from '@volact/core/document/grant-writer'
import { encodeEntry, type LedgerEntry } from '@volact/core/document/ledger-entry'
import type { Grant } from '@volact/core/document/grant'
import type { Instant } from '@volact/core/time'
import type { DetailsRecord } from '@volact/ledger/details-record'
import type { RandomCtis } from './random-ctis.ts'

/** An entry that is to be appended, with what lies beside it. */
export interface NewEntry {
  readonly entry: LedgerEntry
  readonly bytes: Uint8Array
  readonly details?: Omit<DetailsRecord, 'index'>
}

/** An entry in its place. */
export type PlacedEntry = NewEntry & { readonly index: number }

/** What an entry is given by its batch. */
export interface EntryPlace {
  readonly index: number
  readonly cti: Uint8Array
}

/** Room for the grants of a whole batch, usually. */
const pageLength = 65_536

/** The entries of one batch, numbered as they come, all of one time. */
export class EntryBatch {
  readonly time: Instant
  readonly first: number
  readonly #ctis: RandomCtis
  readonly #entries: NewEntry[] = []
  #page = new Uint8Array(0)
  #at = 0

  constructor(first: number, time: Instant, ctis: RandomCtis) {
    this.first = first
    this.time = time
    this.#ctis = ctis
  }

  get entries(): readonly NewEntry[] {
    return this.#entries
  }

  /** The bytes of an entry of this batch, which is not in the ledger yet. */
  readonly pending = (index: number): Uint8Array | undefined => this.#entries[index - this.first]?.bytes

  /** Gives the place of the next entry. */
  place(): EntryPlace {
    return { index: this.first + this.#entries.length, cti: this.#ctis.next() }
  }

  /** Adds an entry that `make` gives its index and `cti`, and returns the two that it was given. */
  add(make: (place: EntryPlace) => LedgerEntry, details?: Omit<DetailsRecord, 'index'>): PlacedEntry {
    const place = this.place()
    const entry = make(place)
    return this.#put(place.index, entry, encodeEntry(entry), details)
  }

  /** Adds a grant whose place is the next one. The writer is one for its log and features. */
  addGrant(grant: Grant, writer: GrantWriter, details: Omit<DetailsRecord, 'index'>): PlacedEntry {
    if (this.#at + writer.mostBytes > this.#page.length) this.#turnPage(writer.mostBytes)
    const start = this.#at
    this.#at = writer.write(this.#page, start, grant)
    return this.#put(grant.index, { kind: 'grant', grant }, this.#page.subarray(start, this.#at), details)
  }

  #turnPage(length: number): void {
    // Not filled with zeros: only what was written is looked at.
    const { buffer } = Buffer.allocUnsafeSlow(Math.max(pageLength, length))
    this.#page = new Uint8Array(buffer)
    this.#at = 0
  }

  #put(
    index: number,
    entry: LedgerEntry,
    bytes: Uint8Array,
    details: Omit<DetailsRecord, 'index'> | undefined,
  ): PlacedEntry {
    const added: PlacedEntry = details === undefined ? { index, entry, bytes } : { index, entry, bytes, details }
    this.#entries.push(added)
    return added
  }
}
