import { rmSync } from 'node:fs'
import { toHex } from '@volact/core/bytes'
import type { LedgerEntry } from '@volact/core/document/ledger-entry'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { DetailsRecord } from '@volact/ledger/details-record'
import { openDatabase } from '@volact/storage/open-database'
import type { Kysely, Transaction } from 'kysely'
import type { HostLog } from '../pipeline/host-log.ts'
import { forkWarning, forkWarnings } from './fork-warning.ts'
import { migration0001 } from './migration-0001.ts'
import { migration0002 } from './migration-0002.ts'
import { type Beside, type EntryRows, rowsOf } from './rows.ts'
import type { ForkTable, IndexTables } from './tables.ts'

const migrations = { '0001': migration0001, '0002': migration0002 }

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
  #waiting: WaitingRows[] = []
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
      if (index >= from) this.#waiting.push({ ...rowsOf(vendor, entry, beside.get(index)), isNews: false })
      index += 1
      if (this.#isBroken) return
      if (this.#waiting.length >= chunk) await this.#flush()
    }
    await this.#flush()
  }

  /** Takes in entries that were answered. */
  add(vendor: string, entries: readonly { readonly entry: LedgerEntry; readonly details?: Beside }[]): void {
    if (this.#isBroken) {
      forkWarnings(vendor, entries).forEach(this.#note)
      return
    }
    for (const { entry, details } of entries) this.#waiting.push({ ...rowsOf(vendor, entry, details), isNews: true })
    this.#timer ??= setTimeout(() => void this.#flush(), pause)
  }

  /** The latest forks and twins of a vendor, newest first; none when the index cannot be asked. */
  async latestForks(vendor: string, most: number): Promise<readonly ForkTable[]> {
    await this.#flush()
    try {
      const all = this.#db.selectFrom('forks').selectAll().where('vendor', '=', vendor)
      return await all.orderBy('number', 'desc').limit(most).execute()
    } catch (error) {
      if (error instanceof ActivationError) return []
      throw error
    }
  }

  /** Writes what waits, and closes the file. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#flush()
    await this.#db.destroy()
  }

  readonly #warn = (fork: ForkTable): void => {
    const warning = forkWarning(fork)
    if (warning !== undefined) this.#note(warning)
  }

  async #begin(vendor: string, log: HostLog): Promise<number> {
    const known = await this.#db.selectFrom('progress').selectAll().where('vendor', '=', vendor).executeTakeFirst()
    const id = toHex(log.logId)
    if (known?.log === id && known.size <= log.ledger.size) return known.size
    await this.#db.transaction().execute(async (tx) => {
      for (const table of ['machines', 'events', 'forks', 'progress'] as const) {
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
        const forks = await this.#db.transaction().execute(async (tx) => {
          const news: ForkTable[] = []
          for (const row of rows) {
            const fork = await write(tx, row)
            if (fork !== undefined && row.isNews) news.push(fork)
          }
          return news
        })
        this.#waiting.splice(0, rows.length)
        forks.forEach(this.#warn)
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

/** Rows that wait to be written; what is read again at a start is no news. */
interface WaitingRows extends EntryRows {
  readonly isNews: boolean
}

async function write(
  tx: Transaction<IndexTables>,
  { event, machine, fork }: EntryRows,
): Promise<ForkTable | undefined> {
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
  return fork && writeFork(tx, fork)
}

/** Its entry stands before the grant of the branch that has shown itself: the machine still has the other one's name. */
async function writeFork(tx: Transaction<IndexTables>, fork: NonNullable<EntryRows['fork']>): Promise<ForkTable> {
  const { vendor, machine, product } = fork
  const known = tx.selectFrom('machines').select('name').where('vendor', '=', vendor).where('machine', '=', machine)
  const other = await known.where('product', '=', product).executeTakeFirst()
  const row = { ...fork, other_name: other?.name ?? null }
  await tx
    .insertInto('forks')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return row
}
