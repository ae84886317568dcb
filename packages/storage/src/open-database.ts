import type { DatabaseSync } from 'node:sqlite'
import { ActivationError } from '@volact/core/errors/activation-error'
import { Kysely } from 'kysely'
import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator } from 'kysely/migration'
import { openSqlite, type OpenSqliteOptions } from './open-sqlite.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import { sqliteError } from './sqlite-error.ts'

/** Steps from an empty database to the present schema, in the order of their names. A step that was released never changes. */
export type Migrations = Readonly<Record<string, Migration>>

/**
 * Opens a database file, makes it where it is missing (for its owner alone), and brings its schema up to date: all steps that are
 * missing, or, when one fails, none. Throws `DATABASE_DAMAGED`, `FOLDER_NEWER` (a newer version has written it), `NOT_A_FILE`,
 * `FILE_MISSING` (no such folder), `ACCESS_DENIED`, `DISK_FULL` or `DISK_FAILED`. Its queries throw the disk's failures by these codes, too.
 */
export async function openDatabase<Tables>(
  path: string,
  migrations: Migrations,
  options: OpenSqliteOptions = {},
): Promise<Kysely<Tables>> {
  const database = await openSqlite(path, options)
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
