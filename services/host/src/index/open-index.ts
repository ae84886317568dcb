import { lstatSync, rmSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { ActivationError } from '@volact/core/errors/activation-error'
import { openSqlite } from '@volact/storage/open-sqlite'
import { sqliteError } from '@volact/storage/sqlite-error'
import { derivedSchema, derivedTables, derivedVersion, keptSchema, keptVersion } from './index-schema.ts'

/** An index that is open to be written. */
export interface OpenedIndex {
  readonly db: DatabaseSync
  /** Which file it is, so that one that was deleted meanwhile is noticed. */
  readonly file: number
  /** Why it was made, if it was not there or of no use. */
  readonly made?: string
}

/** Pages between two checkpoints: each costs a sync, and the ledger syncs on the same disk. */
const checkpointPages = 4_000
/** Bytes that the log of changes keeps on the disk when it is empty again. */
const logLimit = 16_777_216

/**
 * Opens the index, and makes it anew where it is missing, damaged or of another version. What only it had (refusals, counters and
 * events) survives a new version of what the ledger has, too. Throws what keeps a new one from being made.
 */
export async function openIndex(path: string, patience: number): Promise<OpenedIndex> {
  const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined
  try {
    return await open(path, patience, isThere ? undefined : 'it was not there')
  } catch (error) {
    if (!(error instanceof ActivationError) || error.code !== 'DATABASE_DAMAGED') throw error
    removeIndex(path)
    return open(path, patience, error.message)
  }
}

/** Removes the index with what lies beside it. */
export function removeIndex(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${path}${suffix}`, { force: true })
}

/** Which file there is now; 0 when there is none. */
export function indexFile(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.ino ?? 0
}

async function open(path: string, patience: number, made: string | undefined): Promise<OpenedIndex> {
  const db = await openSqlite(path, { synchronous: 'normal', patience })
  try {
    // What is erased is overwritten, so that a machine that is forgotten is nowhere in the file (rule 31).
    db.exec(`pragma secure_delete = on; pragma cache_size = -4000; pragma temp_store = memory`)
    db.exec(`pragma wal_autocheckpoint = ${checkpointPages}; pragma journal_size_limit = ${logLimit}`)
    prepareSchema(db, path)
    return { db, file: indexFile(path), ...(made !== undefined && { made }) }
  } catch (error) {
    db.close()
    throw sqliteError(error, path)
  }
}

function prepareSchema(db: DatabaseSync, path: string): void {
  const found = versionsIn(db)
  if (found === 'none')
    inTransaction(db, () => {
      makeAll(db)
    })
  else if (found.kept !== keptVersion) {
    throw new ActivationError('DATABASE_DAMAGED', `the index ${path} is of another version`, { data: { path } })
  } else if (found.derived !== derivedVersion)
    inTransaction(db, () => {
      makeDerived(db)
    })
}

interface Versions {
  readonly kept: number | undefined
  readonly derived: number | undefined
}

function versionsIn(db: DatabaseSync): Versions | 'none' {
  const tables = db.prepare(`select name from sqlite_schema where type = 'table'`).all()
  if (tables.length === 0) return 'none'
  if (!tables.some(({ name }) => name === 'meta')) return { kept: undefined, derived: undefined }
  const values = new Map(
    db
      .prepare('select name, value from meta')
      .all()
      .map(({ name, value }) => [name, value]),
  )
  return { kept: Number(values.get('kept')), derived: Number(values.get('derived')) }
}

function makeAll(db: DatabaseSync): void {
  db.exec(keptSchema)
  db.exec(derivedSchema)
  setVersion(db, 'kept', keptVersion)
  setVersion(db, 'derived', derivedVersion)
}

function makeDerived(db: DatabaseSync): void {
  for (const table of derivedTables) db.exec(`drop table if exists ${table}`)
  db.exec(derivedSchema)
  db.exec('update vendors set size = 0')
  setVersion(db, 'derived', derivedVersion)
}

function setVersion(db: DatabaseSync, name: string, value: number): void {
  db.prepare('insert or replace into meta (name, value) values (?, ?)').run(name, value)
}

/** Does something in one transaction: all of it, or nothing. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('begin immediate')
  try {
    const done = work()
    db.exec('commit')
    return done
  } catch (error) {
    // A full disk makes SQLite roll back by itself.
    if (db.isTransaction) db.exec('rollback')
    throw error
  }
}
