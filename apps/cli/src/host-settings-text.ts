import type { HostSettingsReport, PolicyReport } from '@volact/client/hosts/host-settings-report'
import type { ClientStatus } from '@volact/client/open-client'
import type { ScopeSettings } from '@volact/client/hosts/host-settings'
import type { SetBy } from '@volact/client/hosts/where-to-look'
import { facts } from './columns.ts'

type Pair = readonly [label: string, value: string | undefined]

/** Says all that is set about hosts. */
export function hostSettingsText(settings: Omit<HostSettingsReport, 'notes'>): string {
  const { machine, applications, products, caching, lastGood, policy } = settings
  const found = Object.entries(lastGood).map(([id, { host, zone }]): Pair => [
    `last good of ${id}`,
    `${host} in ${zone}`,
  ])
  return facts([
    ['host', machine.host ?? 'none is set'],
    ['domain', machine.domain ?? 'none is set'],
    ['activation type', machine.activationType],
    ...scopes('application', applications),
    ...scopes('product', products),
    ['host caching', caching ? 'on' : 'off'],
    ...found,
    ...policyFacts(policy),
  ])
}

/** Says where a product looks for its host, and what the policy lays down. */
export function searchFacts(status: ClientStatus): readonly Pair[] {
  const { host, hostSetBy, foundHost, domain, domainSetBy, site, activationType, policy } = status
  return [
    ['host', host === undefined ? 'looked for by DNS' : `${host}, set ${setBy(hostSetBy)}`],
    ['last good host', foundHost],
    ['domain', domain === undefined ? undefined : `${domain}, set ${setBy(domainSetBy)}`],
    ['site', site],
    ['activation type', activationType],
    ...(policy.state === 'none' ? [] : policyFacts(policy)),
  ]
}

function setBy(by: SetBy | undefined): string {
  return by === 'policy' ? 'by the policy' : `for the ${by ?? 'machine'}`
}

/** Says what the administrator's policy lays down. */
function policyFacts(policy: PolicyReport): readonly Pair[] {
  const { state, path, problem } = policy
  if (state === 'none') return [['policy', `none in ${path}`]]
  return [
    ['policy', problem ?? path],
    ['policy: host', policy.host],
    ['policy: domain', policy.domain],
    ['policy: activation type', policy.activationType],
    ['policy: site', policy.site],
    ['policy: trusted domains', policy.trustedDomains?.join(', ')],
    ['policy: customer', policy.customer],
    ['policy: report name', policy.reportName],
    ['policy: pool token', policy.poolTokenFile],
    ...scopes('policy: application', policy.applications ?? {}),
    ...scopes('policy: product', policy.products ?? {}),
  ]
}

function scopes(kind: string, sets: Readonly<Record<string, ScopeSettings>>): readonly Pair[] {
  return Object.entries(sets).map(([name, set]) => [`${kind} ${name}`, scopeText(set)])
}

function scopeText({ host, domain, activationType }: ScopeSettings): string {
  const parts = [host && `host ${host}`, domain && `domain ${domain}`, activationType && `type ${activationType}`]
  return parts.filter((part) => part !== undefined).join(', ')
}
