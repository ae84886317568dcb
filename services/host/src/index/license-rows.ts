import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { toHex } from '@volact/core/bytes'
import type { Instant } from '@volact/core/time'

/** A license in the index: one machine and one product. Changed in memory while a batch goes on, and written at its end. */
export interface LicenseRow {
  readonly id: number
  product: number
  /** Empty while it is not known. */
  name: string
  address: string | null
  version: string | null
  anchor: Uint8Array | null
  flags: number
  last_seen: Instant
  asked_state: number | null
  lease_end: Instant | null
  lease_entry: number | null
  /** The first 8 bytes of the grant's `cti`, by which a dispute names it. */
  lease_cti: Uint8Array | null
  next_ask: Instant | null
  released: Instant | null
  renewals: number
  first_granted: Instant | null
  last_entry: number | null
}

/** The product of a license whose entry does not name it, and whose request was erased. */
export const unknownProduct = 0

const columns = `id, product, name, address, version, anchor, flags, last_seen, asked_state, lease_end, lease_entry,
  lease_cti, next_ask, released, renewals, first_granted, last_entry`

/** The rows of licenses that a batch touches: each is read once and written once, however often its machine has asked. */
export class LicenseRows {
  readonly #rows = new Map<string, LicenseRow>()
  readonly #byId = new Map<number, LicenseRow>()
  readonly #exact: StatementSync
  readonly #any: StatementSync
  readonly #ofId: StatementSync
  readonly #insert: StatementSync
  readonly #update: StatementSync

  constructor(db: DatabaseSync) {
    this.#exact = db.prepare(`select ${columns} from machines where vendor = ? and machine = ? and product in (?, 0)
      order by product desc limit 1`)
    this.#any = db.prepare(`select ${columns} from machines where vendor = ? and machine = ?
      order by last_seen desc limit 1`)
    this.#ofId = db.prepare(`select ${columns} from machines where id = ?`)
    this.#insert = db.prepare(`insert into machines (vendor, machine, product, first_seen, last_seen)
      values (?, ?, ?, ?, ?)`)
    this.#update = db.prepare(`update machines set product = ?, name = ?, address = ?, version = ?, anchor = ?,
      flags = ?, last_seen = ?, asked_state = ?, lease_end = ?, lease_entry = ?, lease_cti = ?, next_ask = ?,
      released = ?, renewals = ?, first_granted = ?, last_entry = ? where id = ?`)
  }

  /** Gives the row of a license, a new one where there is none. */
  of(vendor: number, machine: Uint8Array, product: number, time: Instant): LicenseRow {
    const key = `${vendor}/${toHex(machine)}/${product}`
    const known = this.#rows.get(key)
    if (known !== undefined) return known
    const row = this.#keep(this.#find(vendor, machine, product)) ?? this.#make(vendor, machine, product, time)
    if (product !== unknownProduct) row.product = product
    this.#rows.set(key, row)
    return row
  }

  /** Gives the row with an ID. */
  ofId(id: number): LicenseRow | undefined {
    return this.#byId.get(id) ?? this.#keep(this.#ofId.get(id))
  }

  /** Finds the license whose last grant begins with these bytes, among those that the batch has touched. */
  withCti(cti: Uint8Array): LicenseRow | undefined {
    const wanted = toHex(cti)
    for (const row of this.#byId.values()) if (row.lease_cti !== null && toHex(row.lease_cti) === wanted) return row
    return undefined
  }

  /** Writes what the batch has changed. */
  save(): void {
    for (const row of this.#byId.values()) {
      const { id, product, name, address, version, anchor, flags, last_seen, asked_state } = row
      const { lease_end, lease_entry, lease_cti, next_ask, released, renewals, first_granted, last_entry } = row
      const about = [product, name, address, version, anchor, flags, last_seen, asked_state] as const
      const lease = [lease_end, lease_entry, lease_cti, next_ask, released, renewals, first_granted] as const
      this.#update.run(...about, ...lease, last_entry, id)
    }
    this.#rows.clear()
    this.#byId.clear()
  }

  #find(vendor: number, machine: Uint8Array, product: number): unknown {
    return product === unknownProduct ? this.#any.get(vendor, machine) : this.#exact.get(vendor, machine, product)
  }

  #make(vendor: number, machine: Uint8Array, product: number, time: Instant): LicenseRow {
    const { lastInsertRowid } = this.#insert.run(vendor, machine, product, time, time)
    const row = {
      ...{ id: Number(lastInsertRowid), product, name: '', address: null, version: null, anchor: null, flags: 0 },
      ...{ last_seen: time, asked_state: null, lease_end: null, lease_entry: null, lease_cti: null, next_ask: null },
      ...{ released: null, renewals: 0, first_granted: null, last_entry: null },
    }
    this.#byId.set(row.id, row)
    return row
  }

  #keep(found: unknown): LicenseRow | undefined {
    if (found === undefined) return undefined
    const row = found as LicenseRow // The columns are those of the table.
    const known = this.#byId.get(row.id)
    if (known !== undefined) return known
    this.#byId.set(row.id, row)
    return row
  }
}
