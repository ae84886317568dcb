import { closeSync, lstatSync, openSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { ActivationError } from '@volact/core/errors/activation-error'
import { fileError, systemCode } from '@volact/files/file-error'
import { loadSqlite } from './node-sqlite.ts'
import { sqliteError } from './sqlite-error.ts'

/** What a commit survives: `full` a power cut, for records; `normal` a crash of the program, for an index that can be rebuilt. */
export type Synchronous = 'full' | 'normal'

/** How a database is opened. */
export interface OpenSqliteOptions {
  readonly synchronous?: Synchronous
  /** How long a statement, and with it the whole thread, waits for another process that is writing, in milliseconds. */
  readonly patience?: number
}

/**
 * Opens a database file of SQLite, and makes it where it is missing, for its owner alone. Throws `DATABASE_DAMAGED`, `NOT_A_FILE`,
 * `FILE_MISSING` (no such folder), `FOLDER_IN_USE`, `ACCESS_DENIED`, `DISK_FULL` or `DISK_FAILED`.
 */
export async function openSqlite(
  path: string,
  { synchronous = 'full', patience = 5_000 }: OpenSqliteOptions = {},
): Promise<DatabaseSync> {
  makeFile(path)
  return prepared(path, {}, (database) => {
    database.exec(`pragma busy_timeout = ${patience}`)
    database.exec(`pragma journal_mode = wal; pragma synchronous = ${synchronous}; pragma foreign_keys = on`)
  })
}

/** Opens a database file only to read it, beside who writes to it. `FILE_MISSING`, or what `openSqlite` throws. */
export function openSqliteToRead(path: string, patience = 5_000): Promise<DatabaseSync> {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) {
    throw new ActivationError('FILE_MISSING', `there is no database ${path}`, { data: { path } })
  }
  return prepared(path, { readOnly: true }, (database) => {
    database.exec(`pragma busy_timeout = ${patience}`)
    // Only now is the file looked at: what is no database shows here.
    database.prepare('select count(*) from sqlite_schema').get()
  })
}

async function prepared(
  path: string,
  options: { readonly readOnly?: boolean },
  prepare: (database: DatabaseSync) => void,
): Promise<DatabaseSync> {
  const { DatabaseSync } = await loadSqlite()
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, options)
    prepare(database)
    return database
  } catch (error) {
    database?.close()
    throw sqliteError(error, path)
  }
}

/** SQLite would make the file readable by others. It must not be opened here once it exists: closing it would drop SQLite's locks. */
function makeFile(path: string): void {
  try {
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
      throw new ActivationError('NOT_A_FILE', `the database ${path} is a folder; move it away`, { data: { path } })
    }
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw fileError(error, 'write', path)
  }
}
