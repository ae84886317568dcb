import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** The first schema. */
export const migration0001: Migration = { up }

const statements = [
  `create table packs (
    number integer primary key, vendor text not null, issued integer not null,
    catalog blob not null, pack blob not null
  ) strict`,
  `create table keys (
    serial integer primary key, type text not null check (type in ('host', 'mak', 'setup')),
    group_number integer not null, customer text not null, digest blob not null unique, last_five text not null,
    issued integer not null, blocked integer, host_limit integer not null, activation_limit integer not null,
    terms text not null
  ) strict`,
  `create table hosts (
    id integer primary key, key_serial integer not null references keys (serial),
    anchor blob not null, vector blob not null, first_activated integer not null
  ) strict`,
  `create index hosts_by_key on hosts (key_serial)`,
  `create table activations (
    id integer primary key, host_id integer not null references hosts (id), log_id blob not null unique,
    time integer not null, certificate blob not null, not_after integer not null, version text not null
  ) strict`,
  `create index activations_by_host on activations (host_id)`,
  `create table settings (name text primary key, value text not null) strict`,
  `create table audit (
    id integer primary key autoincrement, time integer not null, act text not null, arguments text not null
  ) strict`,
  `create trigger audit_keeps before update on audit begin select raise(abort, 'the audit is append-only'); end`,
  `create trigger audit_stays before delete on audit begin select raise(abort, 'the audit is append-only'); end`,
]

async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
