import type { DatabaseSync } from 'node:sqlite'
import { fromHex } from '@volact/core/bytes'
import { describeError, formatErrorNumber } from '@volact/core/errors/table'
import { licenseStates } from '@volact/core/licensing/license-state'
import { type Instant, toIso } from '@volact/core/time'
import type { FoundMachine } from './find-machine.ts'
import type { MachineRecord } from './machine-record.ts'
import { type HistoryRecord, readHistory } from './read-history.ts'
import { type MachineRow, readMachine, recordOf } from './read-machines.ts'

/** One thing that happened to a machine, and why. */
export interface StoryEvent {
  readonly time: Instant
  readonly what: HistoryRecord['kind'] | 'renewals' | 'refusals' | 'earlier'
  readonly text: string
  /** The entry of the ledger that shows it; the last one of several. */
  readonly entry?: number
}

/** The story of a machine with one product: what it is, how it came to that, and what comes next. */
export interface ProductStory {
  readonly record: MachineRecord
  readonly events: readonly StoryEvent[]
  readonly next: readonly { readonly time: Instant; readonly text: string }[]
}

/** The story of one machine. */
export interface MachineStory extends FoundMachine {
  readonly products: readonly ProductStory[]
  /** Refusals that no product of the machine in the catalog can be told of. */
  readonly refusals: readonly StoryEvent[]
}

/** The most entries of one license that are read. */
const most = 2_000

/** Tells the story of a machine. */
export function machineStory(db: DatabaseSync, found: FoundMachine, now: Instant): MachineStory {
  const machine = fromHex(found.machine)
  const rows = readMachine(db, found.vendor, machine)
  const refusals = readRefusals(db, machine)
  const products = rows.map((row) => productStory(db, row, refusals, now))
  const ids = new Set(rows.map(({ uuid }) => uuid))
  return {
    ...found,
    products,
    refusals: refusals.filter(({ uuid }) => !ids.has(uuid)).map((refusal) => refusalEvent(refusal, undefined)),
  }
}

function productStory(db: DatabaseSync, row: MachineRow, refusals: readonly RefusalRow[], now: Instant): ProductStory {
  const record = recordOf(db, row, now)
  const history: HistoryRecord[] = []
  for (const entry of readHistory(db, row.vendor_id, row.last_entry)) {
    history.push(entry)
    if (history.length >= most) break
  }
  const own = refusals.filter(({ uuid }) => uuid === row.uuid)
  const told = withRefusals(tell(history.toReversed()), own).toSorted((a, b) => a.time - b.time)
  return { record, events: [...earlier(record, history), ...told], next: nextOf(row, record, now) }
}

/** Who is counted is refused in the same moment: that is one thing that happened. */
function withRefusals(events: readonly StoryEvent[], refusals: readonly RefusalRow[]): readonly StoryEvent[] {
  const counted = refusals.map((refusal) =>
    events.find(({ what, time }) => what === 'sighting' && time >= refusal.first && time <= refusal.last),
  )
  const told = refusals.map((refusal, place) => refusalEvent(refusal, counted[place]?.entry))
  return [...events.filter((event) => !counted.includes(event)), ...told]
}

/** What the index no longer has of a machine is said, so that the first line that is left is not taken for its beginning. */
function earlier({ firstSeen }: MachineRecord, history: readonly HistoryRecord[]): readonly StoryEvent[] {
  const oldest = history.at(-1)
  if (oldest !== undefined && oldest.time <= firstSeen) return []
  return [{ time: firstSeen, what: 'earlier', text: 'first seen; what came between is not kept any more' }]
}

function tell(history: readonly HistoryRecord[]): readonly StoryEvent[] {
  const events: StoryEvent[] = []
  let renewals: HistoryRecord[] = []
  let isLicensed = false
  const tellRenewals = (): void => {
    const last = renewals.at(-1)
    if (last !== undefined) events.push(renewalEvent(renewals, last))
    renewals = []
  }
  for (const entry of history) {
    if (entry.kind === 'grant' && isLicensed) {
      renewals.push(entry)
      continue
    }
    tellRenewals()
    events.push({ time: entry.time, what: entry.kind, text: textOf(entry), entry: entry.entry })
    if (entry.kind === 'grant') isLicensed = true
    if (entry.kind === 'release' || entry.kind === 'disputed') isLicensed = false
  }
  tellRenewals()
  return events
}

function renewalEvent(renewals: readonly HistoryRecord[], last: HistoryRecord): StoryEvent {
  const until = last.leaseEnd === undefined ? '' : `, until ${toIso(last.leaseEnd)}`
  const [first] = renewals
  const since = `renewed ${renewals.length} times since ${toIso(first?.time ?? 0)}, the last time now`
  return {
    time: last.time,
    what: 'renewals',
    text: `${renewals.length === 1 ? 'renewed' : since}${until}`,
    entry: last.entry,
  }
}

function textOf({ kind, state, count, threshold, leaseEnd }: HistoryRecord): string {
  const asked = state === undefined ? '' : ` as ${stateName(state)}`
  switch (kind) {
    case 'grant':
      return `asked${asked} and was granted a lease until ${toIso(leaseEnd ?? 0)}: the host had seen ${count ?? '?'} machines, ${threshold ?? '?'} are needed`
    case 'sighting':
      return `asked${asked} and was counted, but not granted`
    case 'release':
      return 'gave its license back'
    case 'fork':
      return 'named a grant that is not its last one: an answer was lost, it was put back to an earlier state, or it was copied; it was served'
    case 'fork-again':
      return 'an earlier branch showed itself again: perhaps two machines use this identity by turns'
    case 'twin':
      return 'was told that another machine uses its identity, and to make itself a new one'
    case 'disputed':
      return 'the signature of the request turned out to be bad: the last grant was taken back, and the one before it holds'
  }
}

interface RefusalRow {
  readonly uuid: string | null
  readonly code: string
  readonly first: Instant
  readonly last: Instant
  readonly times: number
  readonly state: number | null
  readonly count: number | null
  readonly threshold: number | null
}

function readRefusals(db: DatabaseSync, machine: Uint8Array): readonly RefusalRow[] {
  return db
    .prepare(
      `select uuid, code, first, last, times, state, count, threshold from refusals
        left join products on products.id = refusals.product where machine = ? order by first`,
    )
    .all(machine) as unknown as readonly RefusalRow[]
}

function refusalEvent(
  { code, first, last, times, count, threshold, state }: RefusalRow,
  entry: number | undefined,
): StoryEvent {
  const row = describeError(code)
  const until = last === first ? '' : ` until ${toIso(last)}`
  const asked = `${times === 1 ? 'asked' : `asked ${times} times${until}`}${state === null ? '' : ` as ${stateName(state)}`}`
  const verdict = entry === undefined ? 'was refused' : 'was counted, but refused'
  const why =
    count === null || threshold === null
      ? (row?.meaning ?? 'no more is known')
      : `the host had seen ${count} of the ${threshold} machines that are needed`
  const number = row === undefined ? code : `${code} ${formatErrorNumber(row.number)}`
  const text = `${asked} and ${verdict}: ${why} (${number})`
  return { time: first, what: 'refusals', text, ...(entry !== undefined && { entry }) }
}

function stateName(state: number): string {
  const found = Object.entries(licenseStates).find(([, { number }]) => number === state)
  return `${found?.[0] ?? 'state'} (${state})`
}

function nextOf(row: MachineRow, record: MachineRecord, now: Instant): ProductStory['next'] {
  const { leaseEnd, nextAsk, state, ephemeral, lastSeen } = record
  const falls = row.window === null || row.window === 0 || ephemeral ? undefined : lastSeen + row.window
  const steps = [
    state === 'licensed' && nextAsk !== undefined
      ? { time: nextAsk, text: nextAsk < now ? 'should have asked again by now' : 'asks again, if it is switched on' }
      : undefined,
    state === 'licensed' && leaseEnd !== undefined
      ? { time: leaseEnd, text: 'its lease ends, if it has not renewed it' }
      : undefined,
    falls === undefined
      ? undefined
      : {
          time: falls,
          text: falls <= now ? 'fell out of the count' : 'falls out of the count, if it is not seen again',
        },
  ]
  return steps.filter((step) => step !== undefined).toSorted((a, b) => a.time - b.time)
}
