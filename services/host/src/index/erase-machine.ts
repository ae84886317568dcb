import { closeSync, existsSync, fstatSync, openSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { decodeUtf8, utf8 } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import { readAt } from '@volact/ledger/read-at'
import { sqliteError } from '@volact/storage/sqlite-error'
import { eraseHistory } from './entry-writer.ts'
import { inTransaction, openIndex } from './open-index.ts'

/** A machine of a vendor, with its entries in the ledger. */
export interface ForgottenMachine {
  readonly vendor: string
  readonly machine: Uint8Array
  readonly entries: readonly number[]
}

/** How long it waits for others that read or write, in milliseconds. */
const patience = 10_000

/**
 * Erases a machine from the index, with every byte of it: rows, what SQLite leaves in free places and in its log of changes (rule 31). Its
 * name may be that of another machine, too, which keeps it. `FOLDER_IN_USE` while somebody reads on in what was there before.
 */
export async function eraseMachine(
  path: string,
  forgotten: ForgottenMachine,
  milliseconds: number = patience,
): Promise<null> {
  const { machine } = forgotten
  const { db } = await openIndex(path, milliseconds)
  try {
    const traces = [machine, ...tracesOf(db, machine)]
    inTransaction(db, () => {
      eraseRows(db, forgotten)
    })
    emptyLog(db, path)
    const left = traces.filter((bytes) => !isOfOthers(db, bytes))
    if (left.some((bytes) => isIn(path, bytes))) {
      db.exec('vacuum')
      emptyLog(db, path)
    }
    return null
  } catch (error) {
    throw sqliteError(error, path)
  } finally {
    db.close()
  }
}

function eraseRows(db: DatabaseSync, { vendor: name, machine, entries }: ForgottenMachine): void {
  const vendor = Number(db.prepare('select id from vendors where name = ?').get(name)?.['id'] ?? 0)
  eraseHistory(db, vendor, entries)
  db.prepare('delete from forks where vendor = ? and machine = ?').run(vendor, machine)
  db.prepare('delete from machines where vendor = ? and machine = ?').run(vendor, machine)
  db.prepare('delete from refusals where machine = ?').run(machine)
}

/** Who reads an older state of the index keeps it in the log of changes: with what was erased. */
function emptyLog(db: DatabaseSync, path: string): void {
  if (db.prepare('pragma wal_checkpoint(truncate)').get()?.['busy'] === 0) return
  const message = `${path} is being read, and what is erased is still in it: run the command again in a moment`
  throw new ActivationError('FOLDER_IN_USE', message, { data: { path } })
}

/** What tells of a machine without its ID: pages that SQLite has split keep pieces of rows. */
function tracesOf(db: DatabaseSync, machine: Uint8Array): readonly Uint8Array[] {
  const values = columns.flatMap(([table, column]) =>
    db
      .prepare(`select ${column} as value from ${table} where machine = ?`)
      .all(machine)
      .map(({ value }) => value),
  )
  return values.flatMap((value) => {
    if (typeof value === 'string' && value !== '') return [utf8(value)]
    return value instanceof Uint8Array ? [value] : []
  })
}

const columns = [
  ...['name', 'address', 'anchor'].map((column) => ['machines', column] as const),
  ...['name', 'address'].map((column) => ['refusals', column] as const),
  ...['name', 'other_name'].map((column) => ['forks', column] as const),
]

/** A name, an address or an anchor may be that of another machine, too, which keeps it. */
function isOfOthers(db: DatabaseSync, trace: Uint8Array): boolean {
  const text = decodeUtf8(trace)
  return columns.some(([table, column]) => {
    const found = db.prepare(`select 1 from ${table} where ${column} in (?, ?)`)
    return found.get(trace, text ?? null) !== undefined
  })
}

const window = 1 << 20

/** Whether a file holds the bytes anywhere. */
function isIn(path: string, bytes: Uint8Array): boolean {
  if (!existsSync(path)) return false
  const wanted = Buffer.from(bytes)
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    for (let at = 0; at < size; at += window) {
      const piece = readAt(file, at, Math.min(window + wanted.length, size - at))
      if (piece.includes(wanted)) return true
    }
    return false
  } finally {
    closeSync(file)
  }
}
