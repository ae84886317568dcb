import type { DatabaseSync } from 'node:sqlite'
import type { Instant } from '@volact/core/time'
import { type HistoryKind, historyKinds } from './index-schema.ts'

/** An entry of the ledger that concerns a license. */
export interface HistoryRecord {
  /** Index of the entry. */
  readonly entry: number
  readonly kind: HistoryKind
  readonly time: Instant
  readonly state?: number
  readonly clientTime?: Instant
  readonly minutesLeft?: number
  readonly count?: number
  readonly threshold?: number
  readonly leaseEnd?: Instant
}

interface HistoryRow {
  readonly number: number
  readonly before: number | null
  readonly kind: number
  readonly time: Instant
  readonly state: number | null
  readonly client_time: Instant | null
  readonly minutes_left: number | null
  readonly count: number | null
  readonly threshold: number | null
  readonly lease_end: Instant | null
}

/** Reads the history of a license from its newest entry backwards, as far as it is kept. */
export function* readHistory(db: DatabaseSync, vendor: number, newest: number | null): Generator<HistoryRecord> {
  const select = db.prepare('select * from history where vendor = ? and number = ?')
  for (let number = newest; number !== null;) {
    const row = select.get(vendor, number) as unknown as HistoryRow | undefined
    if (row === undefined) return
    yield historyOf(row)
    number = row.before
  }
}

/** Puts a row into the words of the table. */
export function historyOf(row: HistoryRow): HistoryRecord {
  const kind = historyKinds[row.kind]
  if (kind === undefined) throw new Error(`the index has no history of kind ${row.kind}`)
  return {
    ...{ entry: row.number, kind, time: row.time },
    ...(row.state !== null && { state: row.state }),
    ...(row.client_time !== null && { clientTime: row.client_time }),
    ...(row.minutes_left !== null && { minutesLeft: row.minutes_left }),
    ...(row.count !== null && { count: row.count }),
    ...(row.threshold !== null && { threshold: row.threshold }),
    ...(row.lease_end !== null && { leaseEnd: row.lease_end }),
  }
}
