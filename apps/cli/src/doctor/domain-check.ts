import type { ZoneFrom } from '@volact/client/discovery/discovery-report'
import { type Check, checkOfAll, type Finding } from './check.ts'
import type { Evidence } from './evidence.ts'
import { remedyOf } from './remedy.ts'

/** The name of this machine, and where it looks for hosts. */
export function checkMachine({ machineName, discovery }: Evidence): Check {
  const { zones, hosts } = discovery
  const searched = zones.filter(({ ignored }) => ignored === undefined)
  const names = searched.map(({ name, from }) => `${name} (${zoneWords[from]})`).join(', ')
  const where = searched.length === 0 ? 'no domain is known' : `looks for hosts in ${names}`
  const text = `${machineName}; ${where}`
  const isInTheWay = searched.length === 0 && hosts.length === 0
  const finding: Finding = isInTheWay
    ? { verdict: 'problem', text, code: 'DNS_NO_SUFFIX', advice: remedyOf('DNS_NO_SUFFIX') }
    : { verdict: 'ok', text }
  const leftOut = zones.flatMap(({ name, ignored }): Finding[] =>
    ignored === undefined ? [] : [{ verdict: 'ok', text: `${name} is not searched: ${ignored}` }],
  )
  return checkOfAll('machine', [finding, ...leftOut])
}

const zoneWords: Readonly<Record<ZoneFrom, string>> = {
  option: 'of --domain',
  policy: 'of the policy',
  product: 'set for the product',
  application: 'set for the application',
  machine: 'set for the machine',
  primary: 'its own domain',
  dhcp: 'from DHCP',
  'search-list': 'of the search list',
}
