import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { toHex } from '@volact/core/bytes'
import { parseFlags } from '@volact/core/document/flags'
import type { Instant } from '@volact/core/time'
import type { MachineFilter, MachineRecord, Standing } from './machine-record.ts'

/** Rows that are read at once: whoever writes waits no longer than one page takes. */
const page = 500

const columns = `machines.id, machine, machines.name, address, version, anchor, flags, first_seen, last_seen,
  asked_state, lease_end, next_ask, released, renewals, last_entry, machines.vendor as vendor_id,
  vendors.name as vendor, products.uuid, products.slug, products.name as product_name, products.window`

/** A row of the table with its names; the columns are those of the query. */
export interface MachineRow {
  readonly id: number
  readonly machine: Uint8Array
  readonly name: string
  readonly address: string | null
  readonly version: string | null
  readonly anchor: Uint8Array | null
  readonly flags: number
  readonly first_seen: Instant
  readonly last_seen: Instant
  readonly asked_state: number | null
  readonly lease_end: Instant | null
  readonly next_ask: Instant | null
  readonly released: Instant | null
  readonly renewals: number
  readonly last_entry: number | null
  readonly vendor_id: number
  readonly vendor: string
  readonly uuid: string | null
  readonly slug: string | null
  readonly product_name: string | null
  readonly window: number | null
}

/** Reads machines by their names, page by page, so that a hundred thousand take no more memory than one page. */
export function* readMachines(db: DatabaseSync, filter: MachineFilter, now: Instant): Generator<MachineRecord> {
  const { conditions, values } = conditionsOf(filter, now)
  const select = db.prepare(`select ${columns} from machines join vendors on vendors.id = machines.vendor
    left join products on products.id = machines.product
    where ${['(machines.name, machines.id) > (?, ?)', ...conditions].join(' and ')}
    order by machines.name, machines.id limit ?`)
  let left = filter.limit ?? Number.MAX_SAFE_INTEGER
  let after: readonly [name: string, id: number] = ['', -1]
  while (left > 0) {
    const wanted = Math.min(page, left)
    const rows = select.all(...after, ...values, wanted) as unknown as readonly MachineRow[]
    for (const row of rows) yield recordOf(db, row, now)
    const last = rows.at(-1)
    if (last === undefined || rows.length < wanted) return
    after = [last.name, last.id]
    left -= rows.length
  }
}

/** Reads the licenses of one machine. */
export function readMachine(db: DatabaseSync, vendor: string, machine: Uint8Array): readonly MachineRow[] {
  const select = db.prepare(`select ${columns} from machines join vendors on vendors.id = machines.vendor
    left join products on products.id = machines.product where vendors.name = ? and machine = ? order by machines.id`)
  return select.all(vendor, machine) as unknown as readonly MachineRow[]
}

/** Puts a row into plain words and numbers. */
export function recordOf(db: DatabaseSync, row: MachineRow, now: Instant): MachineRecord {
  const refusal = db
    .prepare('select code, last from refusals where machine = ? and vendor = ? order by last desc limit 1')
    .get(row.machine, row.vendor_id)
  return {
    ...{ vendor: row.vendor, machine: toHex(row.machine), name: row.name },
    product: { id: row.uuid ?? '', slug: row.slug ?? '', name: row.product_name ?? '' },
    ...{ state: standingOf(row, now), firstSeen: row.first_seen, lastSeen: row.last_seen, renewals: row.renewals },
    ...(row.asked_state !== null && { askedState: row.asked_state }),
    ...(row.lease_end !== null && { leaseEnd: row.lease_end }),
    ...(row.next_ask !== null && { nextAsk: row.next_ask }),
    ...(row.address !== null && { address: row.address }),
    ...(row.version !== null && { version: row.version }),
    ...(row.anchor !== null && { hardware: toHex(row.anchor) }),
    ...parseFlags(row.flags, 'index'),
    ...(refusal && { lastRefusal: { code: String(refusal['code']), time: Number(refusal['last']) } }),
  }
}

function standingOf({ released, lease_end }: MachineRow, now: Instant): Standing {
  if (released !== null) return 'released'
  if (lease_end === null) return 'waiting'
  return now < lease_end ? 'licensed' : 'expired'
}

const standingConditions: Readonly<Record<Standing, string>> = {
  licensed: 'released is null and lease_end > ?',
  expired: 'released is null and lease_end <= ?',
  released: 'released is not null and ? is not null',
  waiting: 'released is null and lease_end is null and ? is not null',
}

interface Conditions {
  readonly conditions: readonly string[]
  readonly values: readonly SQLInputValue[]
}

function conditionsOf({ vendor, product, state, name, unseenSince }: MachineFilter, now: Instant): Conditions {
  const wanted: readonly (readonly [condition: string, values: readonly SQLInputValue[]] | undefined)[] = [
    vendor === undefined ? undefined : ['vendors.name = ?', [vendor]],
    product === undefined
      ? undefined
      : [
          '(products.uuid = ? or products.slug = ? or instr(lower(products.name), lower(?)))',
          [product, product, product],
        ],
    state === undefined ? undefined : [standingConditions[state], [now]],
    name === undefined ? undefined : ['instr(lower(machines.name), lower(?))', [name]],
    unseenSince === undefined ? undefined : ['last_seen < ?', [unseenSince]],
  ]
  const given = wanted.filter((each) => each !== undefined)
  return { conditions: given.map(([condition]) => condition), values: given.flatMap(([, values]) => values) }
}
