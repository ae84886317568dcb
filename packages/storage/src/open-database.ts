import { closeSync, lstatSync, openSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { ActivationError } from '@volact/core/errors/activation-error'
import { fileError, systemCode } from '@volact/files/file-error'
import { Kysely } from 'kysely'
import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator } from 'kysely/migration'
import { loadSqlite } from './node-sqlite.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import { sqliteError } from './sqlite-error.ts'

/** Steps from an empty database to the present schema, in the order of their names. A step that was released never changes. */
export type Migrations = Readonly<Record<string, Migration>>

/** What a commit survives: `full` a power cut, for records; `normal` a crash of the program, for an index that can be rebuilt. */
export type Synchronous = 'full' | 'normal'

/** How a database is opened. */
export interface OpenDatabaseOptions {
  readonly synchronous?: Synchronous
  /** How long a statement, and with it the whole program, waits for another process that is writing, in milliseconds. */
  readonly patience?: number
}

/**
 * Opens a database file, makes it where it is missing (for its owner alone), and brings its schema up to date: all steps that are
 * missing, or, when one fails, none. Throws `DATABASE_DAMAGED`, `FOLDER_NEWER` (a newer version has written it), `NOT_A_FILE`,
 * `FILE_MISSING` (no such folder), `ACCESS_DENIED`, `DISK_FULL` or `DISK_FAILED`. Its queries throw the disk's failures by these codes, too.
 */
export async function openDatabase<Tables>(
  path: string,
  migrations: Migrations,
  { synchronous = 'full', patience = 5_000 }: OpenDatabaseOptions = {},
): Promise<Kysely<Tables>> {
  makeFile(path)
  const database = await openFile(path, synchronous, patience)
  const db = new Kysely<Tables>({ dialect: sqliteDialect(database) })
  try {
    refuseNewer(database, migrations, path)
    const provider = { getMigrations: () => Promise.resolve({ ...migrations }) }
    const { error } = await new Migrator({ db, provider }).migrateToLatest()
    if (error !== undefined) throw error as Error
    return db
  } catch (error) {
    await db.destroy()
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

async function openFile(path: string, synchronous: Synchronous, patience: number): Promise<DatabaseSync> {
  const { DatabaseSync } = await loadSqlite()
  try {
    const database = new DatabaseSync(path)
    return prepared(database, synchronous, patience)
  } catch (error) {
    throw sqliteError(error, path)
  }
}

function prepared(database: DatabaseSync, synchronous: Synchronous, patience: number): DatabaseSync {
  try {
    database.exec(`pragma busy_timeout = ${patience}`)
    database.exec(`pragma journal_mode = wal; pragma synchronous = ${synchronous}; pragma foreign_keys = on`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Kysely would call such a file corrupted. */
function refuseNewer(database: DatabaseSync, migrations: Migrations, path: string): void {
  const step = executedSteps(database).find((name) => !Object.hasOwn(migrations, name))
  if (step === undefined) return
  const message = `the database ${path} was written by a newer version, with step "${step}": use the newer version again`
  throw new ActivationError('FOLDER_NEWER', message, { data: { path } })
}

function executedSteps(database: DatabaseSync): readonly string[] {
  const table = database.prepare('select name from sqlite_schema where name = ?').get(DEFAULT_MIGRATION_TABLE)
  if (table === undefined) return []
  return database
    .prepare(`select name from ${DEFAULT_MIGRATION_TABLE}`)
    .all()
    .map(({ name }) => String(name))
}
