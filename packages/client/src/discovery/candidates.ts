import type { Attempt } from '@volact/core/errors/activation-error'
import { mostTargets } from '@volact/core/wire/srv-order'
import { formatHostAddress, type HostAddress } from '../host-address.ts'
import type { HostFrom, SearchedZone, SrvQuery } from './discovery-report.ts'
import { type DnsClient, dnsLimits } from './dns-client.ts'
import type { Following } from './follow-target.ts'
import type { SearchPlan } from './search-plan.ts'
import { searchZone, type ZoneFindings } from './search-zone.ts'

/** What the search comes upon, in order: a host to ask, or something that a person should know when none grants. */
export type Finding =
  | { readonly kind: 'host'; readonly address: HostAddress; readonly from: HostFrom; readonly zone: string }
  | { readonly kind: 'seen'; readonly attempt: Attempt }

/**
 * Looks for hosts, as far as somebody goes on asking for them: the last good one, and then zone by zone those of DNS. Each comes
 * once, sixteen at most (rule 51).
 */
export async function* candidates(
  plan: SearchPlan,
  zones: readonly SearchedZone[],
  dns: DnsClient,
): AsyncGenerator<Finding, void, undefined> {
  const met = new Set<string>()
  const hosts = findHosts(plan, zones, dns)
  for await (const found of hosts) {
    if (found.kind === 'seen') yield found
    else {
      const name = formatHostAddress(found.address)
      if (met.has(name)) continue
      if (met.size === mostTargets) return yield seen(tooMany(name))
      met.add(name)
      yield found
    }
  }
}

async function* findHosts(
  plan: SearchPlan,
  zones: readonly SearchedZone[],
  dns: DnsClient,
): AsyncGenerator<Finding, void, undefined> {
  const { lastGood } = plan
  if (lastGood !== undefined) yield { kind: 'host', from: 'last-good', ...lastGood }
  const begun = performance.now()
  const searched = zones.filter(({ ignored }) => ignored === undefined)
  const following = followingOf(plan, searched)
  if (searched.length === 0) return yield seen(nowhere)
  let silent = 0
  for (const { name } of searched) {
    if (performance.now() - begun > dnsLimits.searchMilliseconds) return yield seen(tooLate(name))
    const findings = await searchZone(dns, name, plan, following)
    yield* inZone(findings)
    if (findings.silent && (silent += 1) === mostSilent) return
  }
}

/** One zone may be dead by itself; a server that says nothing of two will say nothing of the next. */
export const mostSilent = 2

/** Hosts are followed into every zone that is searched, also into one whose turn has not come (rule 51). */
export function followingOf(
  { trusted, pinned }: Pick<SearchPlan, 'trusted' | 'pinned'>,
  zones: readonly SearchedZone[],
): Following {
  return { zones: [...zones.map(({ name }) => name), ...trusted], pinned }
}

function* inZone(findings: ZoneFindings): Generator<Finding, void, undefined> {
  const { zone, queries } = findings
  yield* problemsOf(findings).map(seen)
  for (const { records } of queries) {
    for (const { target, port, ignored } of records) {
      if (ignored === undefined) yield { kind: 'host', address: { name: target, port }, from: 'dns', zone }
    }
  }
}

/** What a person should know of a zone. That a name of several does not exist is worth a line only where none gave a host. */
export function problemsOf({ zone, queries }: ZoneFindings): readonly Attempt[] {
  const hasHost = queries.some(({ records }) => records.some(({ ignored }) => ignored === undefined))
  const failed = queries.filter(({ code }) => code !== undefined && !(hasHost && isEmpty(code)))
  return [...summed(zone, failed), ...queries.flatMap(ignoredOf)]
}

function isEmpty(code: SrvQuery['code']): boolean {
  return code === 'DNS_NAME_MISSING' || code === 'DNS_NO_RECORDS'
}

/** All names of a zone mostly fail alike. */
function summed(zone: string, failed: readonly SrvQuery[]): readonly Attempt[] {
  const [first, ...more] = failed
  if (first?.code === undefined || first.message === undefined) return []
  const isSame = more.every(({ code, message }) => code === first.code && message === first.message)
  if (!isSame) return failed.flatMap((one) => summed(zone, [one]).map((a) => ({ ...a, target: `DNS ${one.name}` })))
  const names = failed.map(({ name }) => name).join(', ')
  return [{ target: `DNS ${zone}`, code: first.code, message: `${first.message}: ${names}` }]
}

function ignoredOf({ name, records }: SrvQuery): readonly Attempt[] {
  return records.flatMap(({ target, port, ignored }) =>
    ignored === undefined
      ? []
      : {
          target: formatHostAddress({ name: target, port }),
          code: 'HOST_NOT_TRUSTED' as const,
          message: `not asked, though ${name} names it: ${ignored}`,
        },
  )
}

function seen(attempt: Attempt): Finding {
  return { kind: 'seen', attempt }
}

const nowhere: Attempt = {
  target: 'DNS',
  code: 'DNS_NO_SUFFIX',
  message: 'not asked: this machine has no domain to look in',
}

function tooMany(target: string): Attempt {
  return { target, code: 'HOST_NOT_TRUSTED', message: `not asked: ${String(mostTargets)} hosts are the most` }
}

function tooLate(zone: string): Attempt {
  return { target: `DNS ${zone}`, code: 'DNS_SERVER_FAILED', message: 'not asked: DNS was too slow before' }
}
