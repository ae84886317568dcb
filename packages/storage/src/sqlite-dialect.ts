import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import {
  CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { sqliteError } from './sqlite-error.ts'
import { statementCache } from './statement-cache.ts'

/** Makes a Kysely dialect over Node's own SQLite. Queries wait for each other: there is one connection. */
export function sqliteDialect(database: DatabaseSync): Dialect {
  return {
    createAdapter: (): DialectAdapter => new TransactionalSqliteAdapter(),
    createDriver: (): Driver => new SqliteDriver(database),
    createIntrospector: (db: Kysely<unknown>): DatabaseIntrospector => new SqliteIntrospector(db),
    createQueryCompiler: (): QueryCompiler => new SqliteQueryCompiler(),
  }
}

/** SQLite can take back DDL, but Kysely's adapter says it cannot, and a migration that fails half way would stay half done. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class SqliteDriver implements Driver {
  readonly #database: DatabaseSync
  readonly #connection: DatabaseConnection
  #last: Promise<void> = Promise.resolve()
  #release: () => void = () => undefined

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#connection = new SqliteConnection(database)
  }

  async init(): Promise<void> {
    // The database is opened by who owns it.
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#last
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.#last = promise
    await before
    this.#release = () => {
      resolve(undefined)
    }
    return this.#connection
  }

  /** Takes the write lock at once: a transaction that reads first and then writes could otherwise fail in the middle. */
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'))
  }

  /** A full disk makes SQLite roll back by itself; a second rollback would then hide the error that says so. */
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.isTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'))
  }

  async releaseConnection(): Promise<void> {
    this.#release()
    await Promise.resolve()
  }

  async destroy(): Promise<void> {
    this.#database.close()
    await Promise.resolve()
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync
  readonly #prepare: (sql: string) => StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#prepare = statementCache(database)
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    try {
      return await Promise.resolve(run<R>(this.#prepare(sql), parameters as readonly SQLInputValue[]))
    } catch (error) {
      throw sqliteError(error, this.#database.location() ?? 'in memory')
    }
  }

  /** A stream has a statement of its own: a shared one would start again when the same text is run meanwhile. */
  async *streamQuery<R>({ sql, parameters }: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    await Promise.resolve()
    const rows = this.#database.prepare(sql).iterate(...(parameters as readonly SQLInputValue[]))
    for (const row of rows) yield { rows: [row as R] }
  }
}

function run<R>(statement: StatementSync, values: readonly SQLInputValue[]): QueryResult<R> {
  if (statement.columns().length > 0) return { rows: statement.all(...values) as R[] }
  const { changes, lastInsertRowid } = statement.run(...values)
  return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
}
