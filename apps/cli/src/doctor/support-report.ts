import { toHex } from '@volact/core/bytes'
import { uuidFromBytes } from '@volact/core/catalog/uuid'
import type { HostAnswer, Evidence, ProbedHost } from './evidence.ts'
import type { Diagnosis } from './diagnose.ts'

/** What wrote the report. */
export interface Program {
  readonly volact: string
  readonly node: string
  readonly platform: string
}

/**
 * Puts what support needs into an object, and nothing else: each field is chosen here, no sentence is copied, because sentences
 * name machines. Hosts and domains are numbered instead.
 */
export function supportReport(evidence: Evidence, { checks, verdict, exit }: Diagnosis, program: Program): object {
  return {
    about,
    program,
    made: evidence.now,
    verdict,
    exit,
    checks: checks.map(({ id, verdict: one, code }) => ({ id, verdict: one, code })),
    discovery: discoveryReport(evidence),
    hosts: evidence.hosts.map(hostReport(evidence)),
    machine: machineReport(evidence),
  }
}

const about = [
  'Written by "volact doctor --support-file", to be sent to whoever gives support. Read it before you send it.',
  'It holds: versions, the verdict of each check, how hosts were looked for, which of them answered and what they say that they are and serve,',
  'the product and its vendor, the state of the license, the first 8 digits of machine ID and log ID, and which settings are used.',
  'It does not hold: names of machines, domains, sites, customers or accounts; addresses; paths; product keys; serial numbers; leases.',
  'Hosts and domains are numbered in the order in which they are asked. Times are seconds since 1970.',
]

function discoveryReport({ discovery, dnsServers }: Evidence): object {
  const { activationType, steps, zones, queries, problem } = discovery
  const numberOf = (zone: string): number => zones.findIndex(({ name }) => name === zone) + 1
  return {
    activationType,
    dnsServers: dnsServers.length,
    steps: steps.map(({ step, taken }) => ({ step, taken })),
    domains: zones.map(({ name, from, ignored }) => ({
      domain: numberOf(name),
      from,
      searched: ignored === undefined,
    })),
    queries: queries.map(({ zone, code, records }) => ({
      domain: numberOf(zone),
      code,
      records: records.map(({ port, priority, weight, ignored }) => {
        return { port, priority, weight, asked: ignored === undefined }
      }),
    })),
    problem: problem?.code,
  }
}

function hostReport({ discovery }: Evidence): (host: ProbedHost, index: number) => object {
  return ({ from, zone, addresses, problem, ports, answer }, index) => ({
    host: index + 1,
    from,
    domain: zone === undefined ? undefined : discovery.zones.findIndex(({ name }) => name === zone) + 1,
    addresses: addresses.map((address) => (address.includes(':') ? 'IPv6' : 'IPv4')),
    problem: problem?.code,
    ports: ports.map(({ milliseconds, problem: closed }) => ({ open: closed === undefined, milliseconds })),
    answer: answer && answerReport(answer),
  })
}

function answerReport(answer: HostAnswer): object {
  switch (answer.kind) {
    case 'ours': {
      const { vendor, state, logId, groups, counts, version, time } = answer.information
      const shown = counts.map(({ application, count }) => ({ application: uuidFromBytes(application), count }))
      const log = logId && toHex(logId).slice(0, 8)
      return { kind: 'ours', vendor, state, log, groups, counts: shown, version, clockAhead: time - answer.at }
    }
    case 'foreign':
      return { kind: 'foreign', protocol: answer.protocol }
    case 'silent':
      return { kind: 'silent' }
    case 'strange':
      return { kind: 'strange', code: answer.code }
  }
}

function machineReport({ client }: Evidence): object {
  if (client.kind === 'closed') return { folder: client.code }
  const { status, settings, vendors, wanted, freeBytes } = client
  const {
    state,
    number,
    reason,
    expires,
    product,
    count,
    threshold,
    lastAttempt,
    nextAttempt,
    machineId,
    logId,
    hardware,
  } = status
  return {
    machine: machineId.slice(0, 8),
    log: logId?.slice(0, 8),
    product: product && { activationId: product.activationId, slug: product.slug, channel: product.channel },
    wanted: wanted && { vendor: wanted.vendor, group: wanted.group, generation: wanted.generation },
    ...{ state, number, reason, expires, count, threshold, lastAttempt, nextAttempt, hardware },
    rearmsLeft: status.rearms,
    ephemeral: status.ephemeral,
    events: status.events.map(({ at, code }) => ({ at, code })),
    ...{ protected: status.protected, test: status.test, notes: status.notes.length },
    vendors: vendors.map(({ id, protection }) => ({ id, protection })),
    freeBytes,
    policy: settings.policy.state,
    caching: settings.caching,
    set: Object.keys(settings.machine),
  }
}
