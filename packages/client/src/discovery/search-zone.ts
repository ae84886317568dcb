import { randomInt } from 'node:crypto'
import { canonicalTarget, mostTargets, orderSrv, type SrvRecord } from '@volact/core/wire/srv-order'
import { srvNames } from '@volact/core/wire/srv-names'
import type { SeenRecord, SrvQuery } from './discovery-report.ts'
import type { DnsAnswer, DnsClient } from './dns-client.ts'
import { type Following, reasonToIgnore } from './follow-target.ts'

/** What is looked for in a zone. */
export interface Wanted {
  /** IDs; several where no product is installed yet. */
  readonly vendors: readonly string[]
  readonly site?: string
}

/** What a zone has said. */
export interface ZoneFindings {
  readonly zone: string
  readonly queries: readonly SrvQuery[]
  /** Whether no server said anything. */
  readonly silent: boolean
}

/** Asks for all names of a zone at once, and judges and orders what comes back. Nothing that comes back makes it fail. */
export async function searchZone(
  dns: DnsClient,
  zone: string,
  wanted: Wanted,
  following: Following,
): Promise<ZoneFindings> {
  const names = namesIn(zone, wanted)
  const answers = await Promise.all(names.map((name) => dns.srv(name)))
  return {
    zone,
    queries: names.map((name, i) => describe(name, zone, answers[i], following)),
    silent: answers.every((answer) => 'silent' in answer && answer.silent),
  }
}

function namesIn(zone: string, { vendors, site }: Wanted): readonly string[] {
  const lists = vendors.map((vendor) => srvNames({ zone, vendor, ...(site !== undefined && { site }) }))
  return [...new Set(lists.flat())]
}

function describe(
  name: string,
  zone: string,
  answer: DnsAnswer<SrvRecord> | undefined,
  following: Following,
): SrvQuery {
  if (answer === undefined) throw new Error(`${name} was not asked for`)
  if (!('found' in answer)) return { name, zone, code: answer.code, message: answer.message, records: [] }
  const ignored: SeenRecord[] = []
  const followed = answer.found.filter((record) => {
    const reason = isRoot(record) ? undefined : reasonToIgnore(record, following)
    if (reason !== undefined && ignored.length < mostTargets) ignored.push({ ...seen(record), ignored: reason })
    return reason === undefined
  })
  const order = orderSrv(followed, (most) => randomInt(most + 1))
  if (order.kind === 'targets') return { name, zone, records: [...order.targets.map(seen), ...ignored] }
  return { name, zone, code: 'DNS_NO_RECORDS', message: 'it says on purpose that there is no host', records: ignored }
}

function isRoot({ target }: SrvRecord): boolean {
  return canonicalTarget(target) === ''
}

function seen({ target, port, priority, weight }: SrvRecord): SeenRecord {
  return { target: canonicalTarget(target).slice(0, mostShown), port, priority, weight }
}

/** No name of a host is longer. */
const mostShown = 253
