import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { uuidFromBytes } from '@volact/core/catalog/uuid'
import { encodeFlags } from '@volact/core/document/flags'
import { type ForkNote, readForkNote } from '@volact/core/document/fork-entry'
import type { Grant } from '@volact/core/document/grant'
import { entryIndex, entryTime, type LedgerEntry } from '@volact/core/document/ledger-entry'
import type { ReleaseEntry, SightingEntry } from '@volact/core/document/plain-entry'
import { type Instant, minutes } from '@volact/core/time'
import type { DetailsRecord } from '@volact/ledger/details-record'
import { type BesideFacts, besideFacts } from './beside-facts.ts'
import type { ForkRow } from './fork-warning.ts'
import { type HistoryKind, historyKinds } from './index-schema.ts'
import { type LicenseRow, LicenseRows, unknownProduct } from './license-rows.ts'

/** What an entry says of a license, for a row of its history. */
interface HistoryFacts {
  readonly kind: HistoryKind
  readonly state?: number | undefined
  readonly count?: number
  readonly threshold?: number
  readonly leaseEnd?: Instant
}

/** Where an entry stands. */
interface Place {
  readonly vendor: number
  readonly number: number
  readonly time: Instant
}

/** An entry, with what lies beside it as far as it was not erased. */
export interface EntryBeside {
  readonly entry: LedgerEntry
  readonly details: DetailsRecord | undefined
}

/** How a product is told apart in the index, by its 16 bytes; 0 where the catalog has never had it. */
export type ProductOf = (product: Uint8Array) => number

/** Writes entries into machines, history and forks. All of it runs within the transaction of who calls. */
export class EntryWriter {
  readonly #db: DatabaseSync
  readonly #rows: LicenseRows
  readonly #history: StatementSync
  readonly #fork: StatementSync
  readonly #before: StatementSync

  constructor(db: DatabaseSync) {
    this.#db = db
    this.#rows = new LicenseRows(db)
    this.#history = db.prepare(`insert or replace into history (vendor, number, before, license, kind, time, state,
      client_time, minutes_left, count, threshold, lease_end) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    this.#fork =
      db.prepare(`insert or replace into forks (vendor, number, time, act, machine, product, name, other_name)
      values (?, ?, ?, ?, ?, ?, ?, ?)`)
    this.#before = db.prepare('select before, lease_end, kind from history where vendor = ? and number = ?')
  }

  /** Takes an entry in; gives the fork that it notes, if it does. */
  write(vendor: number, { entry, details }: EntryBeside, productOf: ProductOf): ForkRow | undefined {
    const place = { vendor, number: entryIndex(entry), time: entryTime(entry) }
    const beside = besideFacts(details)
    switch (entry.kind) {
      case 'grant':
        this.#grant(place, entry.grant, beside, productOf)
        return undefined
      case 'sighting':
        this.#sighting(place, entry, beside, productOf)
        return undefined
      case 'release':
        this.#release(place, entry, productOf)
        return undefined
      case 'disputed':
        this.#disputed(place, entry.grant)
        return undefined
      case 'forgotten':
        this.#forgotten(vendor, entry.indexes)
        return undefined
      case 'administrative':
        return this.#administrative(place, entry, beside, productOf)
      case 'host-activation':
      case 'certificate':
      case 'recovery':
      case 'note-key':
        return undefined
    }
  }

  /** Writes what the entries have changed in the rows of machines. */
  save(): void {
    this.#rows.save()
  }

  #grant(place: Place, grant: Grant, beside: BesideFacts, productOf: ProductOf): void {
    const row = this.#rows.of(place.vendor, grant.machine, productOf(grant.product), place.time)
    say(row, beside)
    row.anchor = grant.anchor.slice(0, anchorPrefix)
    row.flags = encodeFlags(grant.flags)
    row.asked_state = grant.state
    row.renewals = row.first_granted === null || row.released !== null ? row.renewals : row.renewals + 1
    row.first_granted ??= place.time
    row.released = null
    row.lease_end = grant.expires
    row.lease_entry = place.number
    row.lease_cti = grant.cti.slice(0, ctiPrefix)
    row.next_ask = place.time + minutes(grant.renewalMinutes)
    const { state, count, threshold, expires: leaseEnd } = grant
    this.#note(place, row, { kind: 'grant', state, count, threshold, leaseEnd }, beside)
  }

  #sighting(place: Place, entry: SightingEntry, beside: BesideFacts, productOf: ProductOf): void {
    const product = beside.product === undefined ? unknownProduct : productOf(beside.product)
    const row = this.#rows.of(place.vendor, entry.machine, product, place.time)
    say(row, beside)
    row.anchor = entry.anchor.slice(0, anchorPrefix)
    row.flags = encodeFlags(entry.flags)
    row.asked_state = beside.state ?? row.asked_state
    this.#note(place, row, { kind: 'sighting', state: beside.state }, beside)
  }

  #release(place: Place, entry: ReleaseEntry, productOf: ProductOf): void {
    const row = this.#rows.of(place.vendor, entry.machine, productOf(entry.product), place.time)
    row.released = place.time
    row.lease_end = place.time
    row.next_ask = null
    this.#note(place, row, { kind: 'release' }, {})
  }

  #administrative(place: Place, entry: LedgerEntry, beside: BesideFacts, productOf: ProductOf): ForkRow | undefined {
    const note = readForkNote(entry)
    if (note === undefined) return undefined
    const row = this.#rows.of(place.vendor, note.machine, productOf(note.product), place.time)
    // Its entry stands before the grant of the branch that has shown itself: the machine still has the other one's name.
    const { vendor, number, time } = place
    const fork = {
      ...forkOf(note),
      number,
      time,
      name: beside.name ?? null,
      other_name: row.name === '' ? null : row.name,
    }
    this.#note(place, row, { kind: note.act }, beside)
    this.#fork.run(vendor, number, time, fork.act, fork.machine, fork.product, fork.name, fork.other_name)
    return fork
  }

  /** The grant is taken back, and the one before it is the last one again (rule 15). */
  #disputed(place: Place, cti: Uint8Array): void {
    const prefix = cti.slice(0, ctiPrefix)
    const row = this.#rows.withCti(prefix) ?? this.#findDisputed(place.vendor, prefix)
    if (row === undefined) return
    const before = this.#grantBefore(place.vendor, row.lease_entry)
    row.lease_end = before?.leaseEnd ?? null
    row.lease_entry = before?.number ?? null
    row.lease_cti = null
    row.renewals = Math.max(0, row.renewals - 1)
    if (before === undefined) row.first_granted = null
    this.#note(place, row, { kind: 'disputed' }, {})
  }

  /** Disputes are rare, so that no index is kept for them. */
  #findDisputed(vendor: number, prefix: Uint8Array): LicenseRow | undefined {
    const found = this.#db.prepare('select id from machines where vendor = ? and lease_cti = ?').get(vendor, prefix)
    return found && this.#rows.ofId(Number(found['id']))
  }

  #grantBefore(vendor: number, from: number | null): { number: number; leaseEnd: Instant } | undefined {
    let number = from === null ? null : this.#link(vendor, from)?.before
    while (number !== null && number !== undefined) {
      const link = this.#link(vendor, number)
      if (link === undefined) return undefined
      if (historyKinds[link.kind] === 'grant' && link.lease_end !== null) return { number, leaseEnd: link.lease_end }
      number = link.before
    }
    return undefined
  }

  #link(vendor: number, number: number): Link | undefined {
    return this.#before.get(vendor, number) as Link | undefined // The columns are those of the table.
  }

  /** A machine whose whole history was erased is gone; of others only the erased rows are (rules 31, 32). */
  #forgotten(vendor: number, indexes: readonly number[]): void {
    this.#rows.save()
    const ofEntry = this.#db.prepare('select license from history where vendor = ? and number = ?')
    const licenses = new Set<number>()
    for (const number of indexes) {
      const license = ofEntry.get(vendor, number)?.['license']
      if (license !== undefined) licenses.add(Number(license))
    }
    eraseHistory(this.#db, vendor, indexes)
    for (const license of licenses) {
      this.#db
        .prepare(
          `delete from machines where id = ? and last_entry is not null
        and not exists (select 1 from history where vendor = machines.vendor and number = machines.last_entry)`,
        )
        .run(license)
    }
  }

  #note(place: Place, row: LicenseRow, facts: HistoryFacts, beside: BesideFacts): void {
    const { vendor, number, time } = place
    const { kind, state, count, threshold, leaseEnd } = facts
    const before = row.last_entry === number ? null : row.last_entry
    const asked = [state ?? null, beside.time ?? null, beside.minutesLeft ?? null] as const
    const told = [count ?? null, threshold ?? null, leaseEnd ?? null] as const
    this.#history.run(vendor, number, before, row.id, historyKinds.indexOf(kind), time, ...asked, ...told)
    row.last_entry = number
    row.last_seen = kind === 'disputed' ? row.last_seen : time
  }
}

/** Removes rows of the history by their entries. */
export function eraseHistory(db: DatabaseSync, vendor: number, indexes: readonly number[]): void {
  const history = db.prepare('delete from history where vendor = ? and number = ?')
  const forks = db.prepare('delete from forks where vendor = ? and number = ?')
  for (const number of indexes) {
    history.run(vendor, number)
    forks.run(vendor, number)
  }
}

interface Link {
  readonly before: number | null
  readonly lease_end: Instant | null
  readonly kind: number
}

/** How many bytes of an anchor tell two machines apart for a person. No more are kept (docs/privacy.md). */
const anchorPrefix = 4
const ctiPrefix = 8

function say(row: LicenseRow, { name, address, version }: BesideFacts): void {
  row.name = name ?? row.name
  row.address = address ?? row.address
  row.version = version ?? row.version
}

function forkOf({ act, machine, product }: ForkNote): Pick<ForkRow, 'act' | 'machine' | 'product'> {
  return { act, machine, product: uuidFromBytes(product) }
}
