import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Renewed certificates, and the vendor as a witness of the ledgers that ask for one (rule 6). */
export const migration0002: Migration = { up }

const statements = [
  `create table renewals (
    id integer primary key, log_id blob not null, time integer not null, public_key blob not null,
    certificate blob not null, not_after integer not null, version text not null, unique (log_id, public_key)
  ) strict`,
  `create table witnessed (
    log_id blob primary key, size integer not null, root blob not null, time integer not null, recovery integer
  ) strict`,
  `create table contradictions (
    id integer primary key autoincrement, log_id blob not null, time integer not null, code text not null,
    checkpoint blob not null
  ) strict`,
]

async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
