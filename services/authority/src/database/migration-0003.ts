import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Spares, with the last tree of the host that each stands in for (rule 47). */
export const migration0003: Migration = { up }

const statement = `create table spares (
  log_id blob primary key, predecessor blob not null, checkpoint blob not null, prepared integer not null,
  taken_over integer, confirmed integer
) strict`

async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statement).execute(db)
}
