import type { DatabaseSync } from 'node:sqlite'
import type { Instant } from '@volact/core/time'
import type { Retention } from '@volact/ledger/retain'
import { indexLimits } from './index-schema.ts'

/** How many rows of a table one step drops: the index is locked for others no longer than that takes. */
const step = 2_000

/** Drops what is kept no longer (rule 32), a step of it, within the transaction of who calls; says whether there may be more. */
export function dropOld(db: DatabaseSync, now: Instant, { entries, ephemeral, details }: Retention): boolean {
  const oldest = now - entries
  const dropped = [
    dropNames(db, now - details),
    dropRefusals(db, oldest),
    dropEvents(db, oldest),
    dropHistory(db, oldest),
    dropMachines(db, now - ephemeral, now, 'and flags & 4 <> 0'),
    dropMachines(db, oldest, now, ''),
  ]
  return dropped.some((count) => count >= step)
}

function dropNames(db: DatabaseSync, before: Instant): number {
  const machines = run(
    db,
    `update machines set name = '', address = null, version = null where id in (select id from machines
      where last_seen < ? and (name <> '' or coalesce(address, version) is not null) limit ${step})`,
    before,
  )
  const forks = run(
    db,
    `update forks set name = null, other_name = null where time < ? and coalesce(name, other_name) is not null`,
    before,
  )
  const refusals = run(
    db,
    `update refusals set name = '', address = null where (machine, vendor, product, code, day) in
      (select machine, vendor, product, code, day from refusals
        where last < ? and (name <> '' or address is not null) limit ${step})`,
    before,
  )
  return Math.max(machines, refusals, forks)
}

function dropRefusals(db: DatabaseSync, before: Instant): number {
  const surplus = Math.max(0, count(db, 'refusals') - indexLimits.refusals)
  const key = 'machine, vendor, product, code, day'
  const oldest = `delete from refusals where (${key}) in (select ${key} from refusals`
  const late = run(db, `${oldest} where last < ? limit ${step})`, before)
  return Math.max(late, run(db, `${oldest} order by last limit ?)`, Math.min(step, surplus)))
}

function dropEvents(db: DatabaseSync, before: Instant): number {
  const surplus = Math.max(0, count(db, 'events') - indexLimits.events)
  const late = run(db, `delete from events where id in (select id from events where time < ? limit ${step})`, before)
  const many = `delete from events where id in (select id from events order by id limit ?)`
  return Math.max(late, run(db, many, Math.min(step, surplus)))
}

/** Its times never decrease (rule 43), so that only its beginning is looked at. */
function dropHistory(db: DatabaseSync, before: Instant): number {
  const oldest = db.prepare(`select number, time from history where vendor = ? order by number limit ${step}`)
  let dropped = 0
  for (const { id } of db.prepare('select id from vendors').all()) {
    const vendor = Number(id)
    const last = oldest.all(vendor).findLast(({ time }) => Number(time) < before)
    if (last === undefined) continue
    dropped += run(db, 'delete from history where vendor = ? and number <= ?', vendor, Number(last['number']))
  }
  return dropped
}

function dropMachines(db: DatabaseSync, seenBefore: Instant, now: Instant, more: string): number {
  return run(
    db,
    `delete from machines where id in (select id from machines
      where last_seen < ? and coalesce(lease_end, 0) < ? ${more} limit ${step})`,
    ...[seenBefore, now],
  )
}

function count(db: DatabaseSync, table: string): number {
  return Number(db.prepare(`select count(*) as number from ${table}`).get()?.['number'])
}

function run(db: DatabaseSync, sql: string, ...values: readonly number[]): number {
  return Number(db.prepare(sql).run(...values).changes)
}
