import type { DatabaseSync } from 'node:sqlite'
import { fromHex, toHex } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'

/** A machine by itself. */
export interface FoundMachine {
  readonly vendor: string
  readonly machine: string
  /** Empty while it is not known. */
  readonly name: string
}

/** How many machines are named when a text means several. */
const most = 20

/**
 * Finds the one machine that a text means: the beginning of its ID, or its whole name, in any case. `MACHINE_UNKNOWN`, or `USAGE`
 * with the candidates where it means several.
 */
export function findMachine(db: DatabaseSync, text: string, vendor: string | undefined): FoundMachine {
  const wanted = text.toLowerCase().replace(/…$/, '')
  const found = unique([...byName(db, text), ...(/^[0-9a-f]{4,64}$/.test(wanted) ? byId(db, wanted) : [])]).filter(
    (each) => vendor === undefined || each.vendor === vendor,
  )
  const [first, ...others] = found
  if (first === undefined) throw new ActivationError('MACHINE_UNKNOWN', `this host has seen no machine "${text}"`)
  if (others.length === 0) return first
  const lines = found.slice(0, most).map(({ machine, name, vendor: of }) => `${machine}  ${name || '(no name)'}  ${of}`)
  const more = found.length > most ? ['and more'] : []
  const message = [`"${text}" means several machines; name one by the beginning of its ID:`, ...lines, ...more].join(
    '\n',
  )
  throw new ActivationError('USAGE', message, { data: { candidates: found.slice(0, most) } })
}

const sources = [
  `select vendors.name as vendor, machine, machines.name from machines join vendors on vendors.id = machines.vendor`,
  `select ifnull(vendors.name, '') as vendor, machine, refusals.name from refusals
    left join vendors on vendors.id = refusals.vendor`,
] as const

function byName(db: DatabaseSync, name: string): readonly FoundMachine[] {
  if (name === '') return []
  const [machines, refusals] = sources
  return [
    ...rows(db, `${machines} where machines.name = ? limit ${most + 1}`, name),
    ...rows(db, `${refusals} where refusals.name = ? and length(machine) > 0 limit 1000`, name),
  ]
}

function byId(db: DatabaseSync, digits: string): readonly FoundMachine[] {
  const first = fromHex(digits.padEnd(64, '0'))
  const last = fromHex(digits.padEnd(64, 'f'))
  const [machines, refusals] = sources
  return [
    ...rows(
      db,
      `${machines} where machines.vendor in (select id from vendors) and machine between ? and ? limit ${most + 1}`,
      first,
      last,
    ),
    ...rows(db, `${refusals} where machine between ? and ? limit 1000`, first, last),
  ]
}

function rows(db: DatabaseSync, sql: string, ...values: readonly (string | Uint8Array)[]): readonly FoundMachine[] {
  return (
    db.prepare(sql).all(...values) as unknown as readonly { vendor: string; machine: Uint8Array; name: string }[]
  ).map((row) => ({ ...row, machine: toHex(row.machine) }))
}

/** A machine with several products is one, and one that only refusals know has no vendor for certain. */
function unique(found: readonly FoundMachine[]): readonly FoundMachine[] {
  const machines = new Map<string, FoundMachine>()
  for (const each of found) {
    const known = machines.get(each.machine)
    if (known === undefined || known.name === '') machines.set(each.machine, each)
  }
  return [...machines.values()]
}
