import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Lists such as `in (?, ?, ?)` make a new text for every length, so what is kept has a bound. */
const mostStatements = 256

/** Prepares each text once, and forgets the one that was not used for the longest time when there are too many. */
export function statementCache(
  database: Pick<DatabaseSync, 'prepare'>,
  most: number = mostStatements,
): (sql: string) => StatementSync {
  const known = new Map<string, StatementSync>()
  return (sql) => {
    const statement = known.get(sql) ?? database.prepare(sql)
    // A Map keeps the order of insertion: taking out and putting in makes this text the youngest.
    known.delete(sql)
    known.set(sql, statement)
    const [oldest] = known.keys()
    if (known.size > most && oldest !== undefined) known.delete(oldest)
    return statement
  }
}
