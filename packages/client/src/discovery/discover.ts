import { isIP } from 'node:net'
import { ActivationError, type Attempt } from '@volact/core/errors/activation-error'
import { mostTargets } from '@volact/core/wire/srv-order'
import { silent } from '../folder/kept-file.ts'
import { formatHostAddress, type HostAddress } from '../host-address.ts'
import { readHostSettings } from '../hosts/host-settings.ts'
import { levelsOf } from '../hosts/where-to-look.ts'
import type { Installation } from '../installation.ts'
import { policyInForce } from '../policy/in-force.ts'
import { noPolicy, type Policy } from '../policy/policy.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import { openSearch } from './activate-somewhere.ts'
import { followingOf, mostSilent, problemsOf } from './candidates.ts'
import type { DiscoveryReport, DiscoveryStep, FoundHost, HostFrom, SearchedZone } from './discovery-report.ts'
import type { DnsClient } from './dns-client.ts'
import { nothingPublished, noZone } from './no-host.ts'
import { planSearch, type SearchOptions, type SearchPlan } from './search-plan.ts'
import { searchZone, type ZoneFindings } from './search-zone.ts'

/**
 * Goes the whole way to a host without asking one, and reports what is seen at each step; DNS also where a host is named, to show
 * what would be found. Throws for options that are mistyped (`USAGE`), and for nothing that is seen.
 */
export async function discover(
  installation: Installation,
  sold: SoldProduct | undefined,
  options: SearchOptions,
): Promise<DiscoveryReport> {
  const { policy, problem: wrong } = readablePolicy(installation)
  const plan = planSearch(installation, sold, policy, options)
  const { zones, dns } = await openSearch(installation, plan, undefined)
  const findings = await searchAll(plan, zones, dns)
  const all = withoutRepeats(plan.named === undefined ? placesOf(plan, findings) : [plan.named])
  const places = all.slice(0, mostTargets)
  const problem = wrong ?? (places.length === 0 ? noPlace(zones, findings) : undefined)
  return {
    ...(sold && { product: sold.product.slug }),
    activationType: plan.activationType,
    steps: stepsOf(installation, sold, policy, { plan, findings, wrong }),
    zones,
    queries: findings.flatMap(({ queries }) => queries),
    hosts: await Promise.all(places.map((place) => withAddresses(place, dns))),
    ...(problem && { problem: { code: problem.code, message: problem.message } }),
  }
}

function readablePolicy({ readPolicy }: Installation): { readonly policy: Policy; readonly problem?: ActivationError } {
  try {
    return { policy: policyInForce(readPolicy()) }
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    return { policy: noPolicy, problem: error }
  }
}

async function searchAll(
  plan: SearchPlan,
  zones: readonly SearchedZone[],
  dns: DnsClient,
): Promise<readonly ZoneFindings[]> {
  const searched = zones.filter(({ ignored }) => ignored === undefined)
  const findings: ZoneFindings[] = []
  for (const { name } of searched) {
    if (findings.filter(({ silent }) => silent).length === mostSilent) break
    findings.push(await searchZone(dns, name, plan, followingOf(plan, searched)))
  }
  return findings
}

interface Place {
  readonly address: HostAddress
  readonly from: HostFrom
  readonly zone?: string
}

function placesOf({ lastGood }: SearchPlan, findings: readonly ZoneFindings[]): readonly Place[] {
  const before: readonly Place[] = lastGood === undefined ? [] : [{ from: 'last-good', ...lastGood }]
  const found = findings.flatMap(({ zone, queries }) =>
    queries
      .flatMap(({ records }) => records.filter(({ ignored }) => ignored === undefined))
      .map(({ target, port }): Place => ({ address: { name: target, port }, from: 'dns', zone })),
  )
  return [...before, ...found]
}

function withoutRepeats(places: readonly Place[]): readonly Place[] {
  const names = places.map(({ address }) => formatHostAddress(address))
  return places.filter((_, i) => names.indexOf(names[i] ?? '') === i)
}

function noPlace(zones: readonly SearchedZone[], findings: readonly ZoneFindings[]): ActivationError {
  const attempts: readonly Attempt[] = findings.flatMap(problemsOf)
  return findings.length === 0 ? noZone(zones) : nothingPublished(zones, attempts)
}

async function withAddresses({ address, from, zone }: Place, dns: DnsClient): Promise<FoundHost> {
  const host = { host: formatHostAddress(address), from, ...(zone !== undefined && { zone }) }
  if (isIP(address.name) !== 0) return { ...host, addresses: [address.name] }
  const answer = await dns.addresses(address.name)
  if ('found' in answer) return { ...host, addresses: answer.found }
  return { ...host, addresses: [], problem: { code: answer.code, message: answer.message } }
}

interface Seen {
  readonly plan: SearchPlan
  readonly findings: readonly ZoneFindings[]
  readonly wrong: ActivationError | undefined
}

function stepsOf(
  { files, directory }: Installation,
  sold: SoldProduct | undefined,
  policy: Policy,
  { plan, findings, wrong }: Seen,
): readonly DiscoveryStep[] {
  const { named, lastGood } = plan
  const found = placesOf({ ...plan, lastGood: undefined }, findings).length
  const count = `${String(found)} host${found === 1 ? '' : 's'} in ${String(findings.length)} searched zone${findings.length === 1 ? '' : 's'}`
  return [
    { step: 'directory', taken: false, text: directory === undefined ? 'none is connected' : 'is asked first' },
    {
      step: 'option',
      taken: named?.from === 'option',
      text: named?.from === 'option' ? formatHostAddress(named.address) : 'no host is named',
    },
    ...(wrong === undefined ? [] : [{ step: 'policy', taken: false, text: wrong.message } as const]),
    ...levelsOf(sold, readHostSettings(files, silent), policy).map(({ by, set: { host } }): DiscoveryStep => ({
      step: by,
      taken: named?.from === by && host !== undefined && formatHostAddress(named.address) === host,
      text: host ?? 'no host is set',
    })),
    {
      step: 'last-good',
      taken: named === undefined && lastGood !== undefined,
      text:
        lastGood === undefined ? 'none is remembered' : `${formatHostAddress(lastGood.address)} in ${lastGood.zone}`,
    },
    { step: 'dns', taken: named === undefined && found > 0, text: count },
  ]
}
