import { isIP } from 'node:net'
import { ActivationError } from '@volact/core/errors/activation-error'
import { keepFailure } from '../activation/keep.ts'
import type { ActivationOutcome } from '../activation/outcome.ts'
import { heedWitness } from '../activation/witness.ts'
import { formatHostAddress, type HostAddress } from '../host-address.ts'
import { rememberLastGood } from '../hosts/change-hosts.ts'
import type { LastGoodHost } from '../hosts/host-settings.ts'
import type { Installation } from '../installation.ts'
import { policyInForce } from '../policy/in-force.ts'
import type { Route } from '../transport.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import { type Asked, type AskHost, askHosts, type FoundHost } from './ask-hosts.ts'
import { candidates, type Finding, followingOf } from './candidates.ts'
import { checkpointsBeside } from './checkpoints-beside.ts'
import { askDirectory } from './directory.ts'
import type { SearchedZone } from './discovery-report.ts'
import { DnsClient } from './dns-client.ts'
import { reasonToIgnore } from './follow-target.ts'
import { noneAnswered, nothingPublished, noZone } from './no-host.ts'
import { planSearch, requireAllowed, type SearchOptions, type SearchPlan } from './search-plan.ts'
import { zonesOf } from './zones.ts'

/** Asks one host on a route, as `activate` does. */
export type AskByRoute = (address: HostAddress, route: Pick<Route, 'addresses'>) => Promise<ActivationOutcome>

/**
 * Activates a product where it can be had, in the order of protocol.md §11.6: the directory, a host that somebody named, the
 * last good host, DNS. With a host that somebody named the failure is that host's own; else it is `NO_HOST_ANSWERED` with
 * everything that was tried, or one of `DNS_NO_SUFFIX`, `DNS_NAME_MISSING`, `DNS_NO_RECORDS`, `DNS_SERVER_FAILED` and
 * `DNS_NOT_CONFIGURED`. Also `POLICY_INVALID`, `POLICY_STANDS_ABOVE`, `NOT_CONNECTED_YET`.
 */
export async function activateSomewhere(
  installation: Installation,
  sold: SoldProduct,
  options: SearchOptions & { readonly signal?: AbortSignal },
  ask: AskByRoute,
): Promise<ActivationOutcome> {
  const policy = policyInForce(installation.readPolicy())
  requireAllowed(installation, sold, policy, options)
  const plan = planSearch(installation, sold, policy, options)
  const directory = await askDirectory(installation, sold, plan)
  if (directory.outcome !== undefined) return directory.outcome
  const { signal } = options
  const askHost: AskHost = async (address) => ask(address, await routeTo(address, plan, signal))
  if (plan.named !== undefined) return askHost(plan.named.address)
  return search(installation, sold, plan, { askHost, before: directory.seen, signal })
}

interface Means {
  readonly askHost: AskHost
  readonly before: readonly Finding[]
  readonly signal: AbortSignal | undefined
}

async function search(
  installation: Installation,
  sold: SoldProduct,
  plan: SearchPlan,
  { askHost, before, signal }: Means,
): Promise<ActivationOutcome> {
  const { zones, dns } = await openSearch(installation, plan, signal)
  const asked = await askHosts(chain(before, candidates(plan, zones, dns)), askHost)
  if (asked.kind === 'in-vain') {
    const error = failure(asked, sold, zones)
    if (asked.hosts === 0) keepFailure({ installation, sold, key: installation.identity.key }, error)
    throw error
  }
  const { host, outcome } = asked
  if (outcome.outcome === 'activated' && host.from === 'dns') {
    rememberLastGood(installation, sold.expected.activationId, foundHost(host, plan, zones))
    await lookBeside(host, plan, [installation, sold, dns, signal])
  }
  return outcome
}

/** What stands beside the SRV record is looked at when all is done (rule 29), so no failure of that is one of the activation. */
async function lookBeside(
  { address, zone }: FoundHost,
  plan: SearchPlan,
  [installation, sold, dns, signal]: readonly [Installation, SoldProduct, DnsClient, AbortSignal | undefined],
): Promise<void> {
  const { vendors, site } = plan
  try {
    const checkpoints = await checkpointsBeside(dns, zone, { vendors, ...(site !== undefined && { site }) })
    if (checkpoints.length === 0) return
    const route = await routeTo(address, plan, signal)
    await heedWitness(checkpoints, [installation, sold, address, { ...route, ...(signal && { signal }) }])
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
  }
}

/** With what the policy must still say when this host is asked again. */
function foundHost({ address, zone }: FoundHost, { site }: SearchPlan, zones: readonly SearchedZone[]): LastGoodHost {
  const searched = zones.filter(({ ignored }) => ignored === undefined)
  const inZones = followingOf({ trusted: [], pinned: false }, searched)
  const outside = reasonToIgnore({ target: address.name, port: address.port }, inZones) !== undefined
  return {
    ...{ host: formatHostAddress(address), zone },
    ...(site !== undefined && { site }),
    ...(outside && { outside }),
  }
}

async function* chain(before: readonly Finding[], after: AsyncIterable<Finding>): AsyncGenerator<Finding> {
  yield* before
  yield* after
}

function failure(
  { hosts, attempts }: Extract<Asked, { kind: 'in-vain' }>,
  { product }: SoldProduct,
  zones: readonly SearchedZone[],
): ActivationError {
  if (hosts > 0) return noneAnswered(product.slug, hosts, attempts)
  return zones.some(({ ignored }) => ignored === undefined) ? nothingPublished(zones, attempts) : noZone(zones)
}

/** Finds out where a plan leads: the zones to search, and the DNS servers to ask. */
export async function openSearch(
  { network }: Pick<Installation, 'network'>,
  { domain, server }: SearchPlan,
  signal: AbortSignal | undefined,
): Promise<{ readonly zones: readonly SearchedZone[]; readonly dns: DnsClient }> {
  const facts = await network()
  const { hasServers, servers } = facts
  const whom = server === undefined ? { hasServers, ...(servers && { servers }) } : { hasServers: true, server }
  const zones = domain === undefined ? zonesOf(facts) : [domain]
  return { zones, dns: new DnsClient({ ...whom, ...(signal && { signal }) }) }
}

/** With a DNS server that somebody named, addresses come from there too; else the operating system finds them by itself. */
async function routeTo(
  { name, port }: HostAddress,
  { server }: SearchPlan,
  signal: AbortSignal | undefined,
): Promise<Pick<Route, 'addresses'>> {
  if (server === undefined || isIP(name) !== 0) return {}
  const answer = await new DnsClient({ server, hasServers: true, ...(signal && { signal }) }).addresses(name)
  if ('found' in answer) return { addresses: answer.found }
  const { code, message: reason } = answer
  const message = `cannot reach the host ${formatHostAddress({ name, port })}: no address is known (${reason})`
  throw new ActivationError('HOST_UNREACHABLE', message, {
    attempts: [{ target: `DNS ${name}`, code, message: reason }],
  })
}
