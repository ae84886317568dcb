/** Bounds of what the index keeps. Names go 90 days after the last contact, as the details beside the ledger do (rule 32). */
export const indexLimits = {
  /** Rows of refusals: one for each machine, product, code and day. The oldest go first. */
  refusals: 100_000,
  /** Events of the service. The oldest go first. */
  events: 100_000,
} as const

/** Changes when the tables that are made from the ledger change: they are then made anew. */
export const derivedVersion = 1

/** Changes when the tables that nothing can make anew change. */
export const keptVersion = 1

/** What the ledger has once more: dropped and made anew whenever that helps. */
export const derivedTables = ['machines', 'history', 'forks'] as const

/**
 * Machine IDs are 32 bytes, times seconds since 1970. `first_entry` to `last_entry` are the first and the newest row of a license's
 * history, whose rows name each the one before: no second index has to grow with every renewal.
 */
export const derivedSchema = `
create table machines (
  id integer primary key,
  vendor integer not null,
  machine blob not null,
  product integer not null,
  name text not null default '' collate nocase,
  address text,
  version text,
  anchor blob,
  flags integer not null default 0,
  first_seen integer not null,
  last_seen integer not null,
  asked_state integer,
  lease_end integer,
  lease_entry integer,
  lease_cti blob,
  next_ask integer,
  released integer,
  renewals integer not null default 0,
  first_granted integer,
  last_entry integer
);
create unique index machines_key on machines (vendor, machine, product);
create index machines_name on machines (name, id);
create index machines_seen on machines (last_seen);
create table history (
  vendor integer not null,
  number integer not null,
  before integer,
  license integer not null,
  kind integer not null,
  time integer not null,
  state integer,
  client_time integer,
  minutes_left integer,
  count integer,
  threshold integer,
  lease_end integer,
  primary key (vendor, number)
) without rowid;
create table forks (
  vendor integer not null,
  number integer not null,
  time integer not null,
  act text not null,
  machine blob not null,
  product text not null,
  name text,
  other_name text,
  primary key (vendor, number)
) without rowid;
`

/** What only this file has. `counted` is up to which entry of the ledger its grants are in the counters. */
export const keptSchema = `
create table vendors (
  id integer primary key,
  name text not null unique,
  log text not null,
  size integer not null,
  counted integer not null
);
create table products (
  id integer primary key,
  uuid text not null unique,
  vendor integer not null,
  slug text not null,
  name text not null,
  application text not null,
  application_name text not null,
  window integer not null
);
create table refusals (
  vendor integer not null,
  machine blob not null,
  product integer not null,
  code text not null,
  day integer not null,
  first integer not null,
  last integer not null,
  times integer not null,
  name text not null default '' collate nocase,
  address text,
  state integer,
  flags integer,
  client_time integer,
  minutes_left integer,
  count integer,
  threshold integer,
  primary key (machine, vendor, product, code, day)
) without rowid;
create index refusals_last on refusals (last);
create index refusals_name on refusals (name);
create table counters (
  vendor integer not null,
  application text not null,
  what text not null,
  number integer not null,
  primary key (vendor, application, what)
) without rowid;
create table events (
  id integer primary key autoincrement,
  time integer not null,
  event integer not null,
  vendor integer not null,
  fields text not null
);
create index events_time on events (time);
create table meta (name text primary key, value integer not null) without rowid;
`

/** What a row of the history is about, by its number in the table. */
export const historyKinds = ['grant', 'sighting', 'release', 'fork', 'fork-again', 'twin', 'disputed'] as const

export type HistoryKind = (typeof historyKinds)[number]
