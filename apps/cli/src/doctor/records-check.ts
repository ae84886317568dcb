import type { DiscoveryReport, HostFrom, SeenRecord, SrvQuery } from '@volact/client/discovery/discovery-report'
import { describeError, formatErrorNumber } from '@volact/core/errors/table'
import { type Check, checkOfAll, type Finding, notReached } from './check.ts'
import type { Evidence } from './evidence.ts'
import { remedyOf } from './remedy.ts'

/** What DNS says about hosts: all of them, also those that are not asked. */
export function checkRecords({ discovery, dnsServers }: Evidence): Check {
  const { queries, hosts } = discovery
  const named = hosts.filter(({ from }) => from !== 'dns')
  if (queries.length === 0 && hosts.length === 0) return notReached('records', whyNothing(discovery))
  return checkOfAll('records', [
    ...named.map(({ host, from }): Finding => ({ verdict: 'ok', text: `${host} ${fromWords[from]}` })),
    ...queries.flatMap((query) => queryFindings(query, dnsServers)),
    ...conclusion(discovery),
  ])
}

/** Names of hosts are those of a domain and of a vendor. */
function whyNothing({ zones }: DiscoveryReport): string {
  const hasZone = zones.some(({ ignored }) => ignored === undefined)
  return hasZone ? 'no vendor is known here whose hosts could be looked for' : 'there is no domain to look in'
}

const fromWords: Readonly<Record<HostFrom, string>> = {
  option: 'is asked, as --host says',
  policy: 'is asked, as the policy says',
  product: 'is asked, as is set for the product',
  application: 'is asked, as is set for the application',
  machine: 'is asked, as is set for the machine',
  'last-good': 'is asked first: it granted the last time',
  dns: 'is found in DNS',
}

function queryFindings({ name, code, message, records }: SrvQuery, dnsServers: readonly string[]): readonly Finding[] {
  const said = dnsServers.length === 0 ? 'DNS says' : `${dnsServers.join(', ')} says`
  const what = code === undefined ? counted(records) : `${message ?? code} (${numberOf(code)})`
  return [{ verdict: 'ok', text: `${name}: ${said} ${what}` }, ...records.map(recordFinding)]
}

function counted({ length }: readonly SeenRecord[]): string {
  return length === 1 ? '1 record' : `${String(length)} records`
}

function recordFinding({ target, port, priority, weight, ignored }: SeenRecord): Finding {
  const record = `  ${target}:${String(port)}, priority ${String(priority)}, weight ${String(weight)}`
  if (ignored === undefined) return { verdict: 'ok', text: record }
  const advice = `Remove the SRV record of ${target}, or let the policy trust its domain: it is not asked.`
  return { verdict: 'warning', text: `${record}: not asked, ${ignored}`, advice }
}

function conclusion({ problem }: DiscoveryReport): readonly Finding[] {
  // An invalid policy is a matter of this machine's folder.
  if (problem === undefined || problem.code === 'POLICY_INVALID') return []
  const { code, message } = problem
  return [{ verdict: 'problem', text: `${message} (${numberOf(code)})`, code, advice: remedyOf(code) }]
}

function numberOf(code: Parameters<typeof remedyOf>[0]): string {
  const row = describeError(code)
  return row === undefined ? code : `${code} ${formatErrorNumber(row.number)}`
}
