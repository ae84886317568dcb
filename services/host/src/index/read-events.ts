import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { fromHex, toHex } from '@volact/core/bytes'
import { describeError, formatErrorNumber } from '@volact/core/errors/table'
import { type Instant, toIso } from '@volact/core/time'
import type { EventFilter, EventRecord } from './event-record.ts'
import { type HostEvent, requestEvent } from './host-event.ts'
import { historyKinds } from './index-schema.ts'

/** Rows that are read at once. */
const page = 500
/** The flag of a virtual machine, in the number that documents carry. */
const virtualBit = 2

/** Reads the newest events that are wanted, oldest first. */
export function readEvents(db: DatabaseSync, filter: EventFilter): readonly EventRecord[] {
  const newest: EventRecord[] = []
  for (const event of newestFirst(sourcesOf(db, filter))) {
    if (newest.length >= filter.limit || event.time < (filter.since ?? 0)) break
    newest.push(event)
  }
  return newest.toReversed()
}

type Source = Generator<EventRecord>

function sourcesOf(db: DatabaseSync, { id, machine }: EventFilter): readonly Source[] {
  const vendors = db.prepare('select id, name from vendors order by name').all()
  const isRequest = id === undefined || id === requestEvent
  const grants = vendors.map(({ id: vendor, name }) => grantEvents(db, Number(vendor), String(name), machine))
  const requests = isRequest ? [...grants, refusalEvents(db, machine)] : []
  // A machine has no part in what the service itself does.
  return machine === undefined && id !== requestEvent ? [...requests, serviceEvents(db, id)] : requests
}

/** Merges sources that each begin with their newest. */
function* newestFirst(sources: readonly Source[]): Source {
  const heads = sources.map((source) => ({ source, next: source.next() }))
  for (;;) {
    let newest: (typeof heads)[number] | undefined
    for (const head of heads) {
      if (head.next.done !== true && (newest === undefined || head.next.value.time > timeOf(newest))) newest = head
    }
    if (newest === undefined || newest.next.done === true) return
    yield newest.next.value
    newest.next = newest.source.next()
  }
}

function timeOf({ next }: { readonly next: IteratorResult<EventRecord, void> }): Instant {
  return next.done === true ? 0 : next.value.time
}

/** Reads in pages, each of which goes on behind the last row of the one before. */
function* paged<T>(read: (after: T | undefined) => readonly T[]): Generator<T> {
  for (let last: T | undefined; ;) {
    const rows = read(last)
    yield* rows
    last = rows.at(-1)
    if (rows.length < page) return
  }
}

interface GrantRow {
  readonly number: number
  readonly time: Instant
  readonly state: number | null
  readonly client_time: Instant | null
  readonly minutes_left: number | null
  readonly threshold: number | null
  readonly name: string
  readonly machine: Uint8Array
  readonly flags: number
  readonly uuid: string | null
}

const grantColumns = `number, time, state, client_time, minutes_left, threshold, machines.name, machine, flags, uuid`

function* grantEvents(db: DatabaseSync, vendor: number, vendorName: string, machine: string | undefined): Source {
  const ofMachine = machine === undefined ? '' : 'and machines.machine = ?'
  const select = db.prepare(`select ${grantColumns} from history join machines on machines.id = history.license
    left join products on products.id = machines.product
    where history.vendor = ? and number < ? and kind = ${historyKinds.indexOf('grant')} ${ofMachine}
    order by number desc limit ${page}`)
  const more = machine === undefined ? [] : [fromHex(machine)]
  const rows = paged<GrantRow>(
    (last) => select.all(vendor, last?.number ?? Number.MAX_SAFE_INTEGER, ...more) as unknown as readonly GrantRow[],
  )
  for (const row of rows) {
    const fields = requestFields({ ...row, result: 0 })
    yield { time: row.time, id: requestEvent, vendor: vendorName, fields, times: 1, entry: row.number }
  }
}

interface RefusalRow extends Omit<GrantRow, 'number' | 'time' | 'flags'> {
  readonly vendor: string
  readonly key: Uint8Array
  readonly code: string
  readonly last: Instant
  readonly times: number
  readonly flags: number | null
}

function* refusalEvents(db: DatabaseSync, machine: string | undefined): Source {
  for (const row of paged<RefusalRow>((last) => refusalRows(db, machine, last))) yield refusalEvent(row)
}

/** Those of one second are told apart by the whole key, so that a page ends anywhere. */
function refusalRows(
  db: DatabaseSync,
  machine: string | undefined,
  after: RefusalRow | undefined,
): readonly RefusalRow[] {
  const conditions = ['(last, key) < (?, ?)', ...(machine === undefined ? [] : ['machine = ?'])]
  const values: readonly SQLInputValue[] = [
    ...(after === undefined ? [Number.MAX_SAFE_INTEGER, new Uint8Array(0)] : [after.last, after.key]),
    ...(machine === undefined ? [] : [fromHex(machine)]),
  ]
  const select =
    db.prepare(`select * from (select ifnull(vendors.name, '') as vendor, machine, refusals.name, uuid, code,
      last, times, state, flags, client_time, minutes_left, threshold,
      machine || cast(refusals.vendor || '/' || refusals.product || '/' || code || '/' || day as blob) as key
    from refusals left join vendors on vendors.id = refusals.vendor left join products on products.id = refusals.product)
    where ${conditions.join(' and ')} order by last desc, key desc limit ${page}`)
  return select.all(...values) as unknown as readonly RefusalRow[]
}

function refusalEvent(row: RefusalRow): EventRecord {
  const result = describeError(row.code)?.number ?? 0
  const fields = requestFields({ ...row, result, flags: row.flags ?? 0 })
  return { time: row.last, id: requestEvent, vendor: row.vendor, fields, times: row.times }
}

/** The fields of 12290 in the reference's order: result, N, name, CMID, client time, VM, status, minutes, SKU. */
function requestFields(row: Omit<GrantRow, 'number' | 'time'> & { readonly result: number }): readonly string[] {
  const { result, threshold, name, machine, client_time: clientTime, flags, state, minutes_left: minutes, uuid } = row
  return [
    ...[formatErrorNumber(result), text(threshold), name, toHex(machine)],
    ...[clientTime === null ? '' : toIso(clientTime), (flags & virtualBit) === 0 ? '0' : '1'],
    ...[text(state), text(minutes), uuid ?? ''],
  ]
}

function text(value: number | null): string {
  return value === null ? '' : String(value)
}

interface ServiceRow {
  readonly id: number
  readonly time: Instant
  readonly event: HostEvent['id']
  readonly vendor: string
  readonly fields: string
}

function* serviceEvents(db: DatabaseSync, id: number | undefined): Source {
  const select = db.prepare(
    `select * from events where id < ? and (? is null or event = ?) order by id desc limit ${page}`,
  )
  const rows = paged<ServiceRow>(
    (last) =>
      select.all(last?.id ?? Number.MAX_SAFE_INTEGER, id ?? null, id ?? null) as unknown as readonly ServiceRow[],
  )
  for (const { time, event, vendor, fields } of rows) {
    yield { time, id: event, vendor, fields: JSON.parse(fields) as readonly string[], times: 1 }
  }
}
