import { rmSync } from 'node:fs'
import { toHex } from '@volact/core/bytes'
import type { LedgerEntry } from '@volact/core/document/ledger-entry'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { DetailsRecord } from '@volact/ledger/details-record'
import { openDatabase } from '@volact/storage/open-database'
import type { Kysely, Transaction } from 'kysely'
import type { HostLog } from '../pipeline/host-log.ts'
import { migration0001 } from './migration-0001.ts'
import { type Beside, type EntryRows, rowsOf } from './rows.ts'
import type { IndexTables } from './tables.ts'

const migrations = { '0001': migration0001 }

/** How long entries gather before they are written, in milliseconds, and how many rows go into one transaction. */
const pause = 100
const chunk = 500
/** How many rows may wait for another program that writes to the index; beyond, they are caught up at the next start. */
const mostWaiting = 100_000
/** SQLite waits in the thread that answers. */
const options = { synchronous: 'normal', patience: 20 } as const

/**
 * The index of a host, behind its ledgers and in its own time: machines and events in SQLite, for lists and pages. No answer waits
 * for it. When its file is damaged or deleted it is made anew; when it cannot be written the host goes on without it.
 */
export class HostIndex {
  readonly #db: Kysely<IndexTables>
  readonly #note: (text: string) => void
  #waiting: EntryRows[] = []
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #isBroken = false
  #isBlocked = false
  #isClosed = false

  private constructor(db: Kysely<IndexTables>, note: (text: string) => void) {
    this.#db = db
    this.#note = note
  }

  /** Opens the index; nothing when even a new one cannot be made, which is noted. */
  static async open(path: string, note: (text: string) => void): Promise<HostIndex | undefined> {
    try {
      return new HostIndex(await openOrMakeAnew(path, note), note)
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
      note(`the index is not available: ${error.message}`)
      return undefined
    }
  }

  /** Brings the index up to what the ledger of a vendor has, or makes it anew from that. */
  async catchUp(vendor: string, log: HostLog): Promise<void> {
    const from = await this.#begin(vendor, log)
    const beside = new Map<number, DetailsRecord>()
    for (const record of log.ledger.details()) if (record.index >= from) beside.set(record.index, record)
    let index = 0
    for (const entry of log.entries()) {
      if (index >= from) this.#waiting.push(rowsOf(vendor, entry, beside.get(index)))
      index += 1
      if (this.#isBroken) return
      if (this.#waiting.length >= chunk) await this.#flush()
    }
    await this.#flush()
  }

  /** Takes in entries that were answered. */
  add(vendor: string, entries: readonly { readonly entry: LedgerEntry; readonly details?: Beside }[]): void {
    if (this.#isBroken) return
    for (const { entry, details } of entries) this.#waiting.push(rowsOf(vendor, entry, details))
    this.#timer ??= setTimeout(() => void this.#flush(), pause)
  }

  /** Writes what waits, and closes the file. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#flush()
    await this.#db.destroy()
  }

  async #begin(vendor: string, log: HostLog): Promise<number> {
    const known = await this.#db.selectFrom('progress').selectAll().where('vendor', '=', vendor).executeTakeFirst()
    const id = toHex(log.logId)
    if (known?.log === id && known.size <= log.ledger.size) return known.size
    await this.#db.transaction().execute(async (tx) => {
      for (const table of ['machines', 'events', 'progress'] as const) {
        await tx.deleteFrom(table).where('vendor', '=', vendor).execute()
      }
      await tx.insertInto('progress').values({ vendor, log: id, size: 0 }).execute()
    })
    return 0
  }

  #flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  #tryLater(error: ActivationError): void {
    if (!this.#isBlocked) this.#note(`the index is written later: ${error.message}`)
    this.#isBlocked = true
    if (!this.#isClosed) this.#timer ??= setTimeout(() => void this.#flush(), pause)
  }

  async #write(): Promise<void> {
    try {
      while (this.#waiting.length > 0 && !this.#isBroken) {
        const rows = this.#waiting.slice(0, chunk)
        await this.#db.transaction().execute(async (tx) => {
          for (const row of rows) await write(tx, row)
        })
        this.#waiting.splice(0, rows.length)
        this.#isBlocked = false
      }
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
      if (error.code === 'FOLDER_IN_USE' && this.#waiting.length <= mostWaiting) {
        this.#tryLater(error)
        return
      }
      this.#isBroken = true
      this.#waiting = []
      this.#note(`the index is not written any more, and caught up at the next start: ${error.message}`)
    }
  }
}

async function openOrMakeAnew(path: string, note: (text: string) => void): Promise<Kysely<IndexTables>> {
  try {
    return await openDatabase<IndexTables>(path, migrations, options)
  } catch (error) {
    if (!(error instanceof ActivationError) || !['DATABASE_DAMAGED', 'FOLDER_NEWER'].includes(error.code)) throw error
    note(`the index is made anew from the ledger: ${error.message}`)
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
    return openDatabase<IndexTables>(path, migrations, options)
  }
}

async function write(tx: Transaction<IndexTables>, { event, machine }: EntryRows): Promise<void> {
  await tx
    .insertInto('events')
    .values(event)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  if (machine !== undefined) {
    const { last_seen, name, address, version, state, lease_end } = machine
    // A sighting says nothing of a lease, and erased details nothing of a name: what was known stays.
    const changes = Object.fromEntries(
      Object.entries({ last_seen, name, address, version, state, lease_end }).filter(([, value]) => value !== null),
    )
    await tx
      .insertInto('machines')
      .values(machine)
      .onConflict((conflict) => conflict.columns(['vendor', 'machine', 'product']).doUpdateSet(changes))
      .execute()
  }
  await tx
    .updateTable('progress')
    .set({ size: event.number + 1 })
    .where('vendor', '=', event.vendor)
    .execute()
}
