import { ActivationError } from '@volact/core/errors/activation-error'
import { silent } from '../folder/kept-file.ts'
import { formatHostAddress, type HostAddress, parseHostAddress } from '../host-address.ts'
import type { ActivationType } from '../hosts/activation-type.ts'
import { readHostSettings } from '../hosts/host-settings.ts'
import { whereToLook } from '../hosts/where-to-look.ts'
import { parseZone } from '../hosts/zone-name.ts'
import type { Installation } from '../installation.ts'
import type { Policy } from '../policy/policy.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import type { HostFrom, ZoneFrom } from './discovery-report.ts'
import { parseDnsServer } from './dns-server.ts'

/** What is asked for this time only. */
export interface SearchOptions {
  /** `NAME`, `NAME:PORT` or `[IPV6]:PORT`: ask this host and no other. */
  readonly host?: string
  /** Look in this zone and no other. */
  readonly domain?: string
  /** `IP:PORT` of the DNS server to ask. */
  readonly dns?: string
}

/** How hosts are looked for, before anything is asked. */
export interface SearchPlan {
  readonly activationType: ActivationType
  /** IDs of the vendors whose hosts are looked for. */
  readonly vendors: readonly string[]
  /** A host that somebody named: then nothing is looked for. */
  readonly named?: { readonly address: HostAddress; readonly from: HostFrom }
  readonly lastGood?: undefined | { readonly address: HostAddress; readonly zone: string }
  /** The one zone to look in; else those of the machine. */
  readonly domain?: { readonly name: string; readonly from: ZoneFrom }
  readonly site?: string
  /** Zones beside the searched ones whose hosts are followed. */
  readonly trusted: readonly string[]
  readonly pinned: boolean
  /** The DNS server that somebody named, as the resolver takes it. */
  readonly server?: string
}

/**
 * Plans the search for the host of a product, or of all vendors' products. What is asked for this time stands above what is set;
 * who asks for another zone or another DNS server wants to see what is found there, not the last good host. `USAGE`.
 */
export function planSearch(
  { files, vendors }: Installation,
  sold: SoldProduct | undefined,
  policy: Policy,
  options: SearchOptions,
): SearchPlan {
  const look = whereToLook(sold, readHostSettings(files, silent), policy)
  const named = options.host === undefined ? look.host : { value: options.host, by: 'option' as const }
  const domain =
    options.domain === undefined ? look.domain : { value: parseZone(options.domain), by: 'option' as const }
  const isNew = options.domain !== undefined || options.dns !== undefined
  const { lastGood } = look
  // A host that is set is not looked past, but a zone that is named now is newer than a host that was set once.
  const isNamed = named !== undefined && (options.host !== undefined || options.domain === undefined)
  return {
    activationType: look.activationType?.value ?? 'any',
    vendors: sold === undefined ? vendors.map(({ catalog }) => catalog.vendor.id) : [sold.vendor.catalog.vendor.id],
    ...(isNamed && { named: { address: parseHostAddress(named.value), from: named.by } }),
    ...(!isNew && lastGood && { lastGood: { address: parseHostAddress(lastGood.host), zone: lastGood.zone } }),
    ...(domain && { domain: { name: domain.value, from: domain.by } }),
    ...(policy.site !== undefined && { site: policy.site }),
    trusted: policy.trustedDomains,
    pinned: policy.customer !== undefined,
    ...(options.dns !== undefined && { server: parseDnsServer(options.dns) }),
  }
}

/** Refuses to ask anybody but whom the policy names, with `POLICY_STANDS_ABOVE`; looking is free. */
export function requireAllowed(
  { files }: Installation,
  sold: SoldProduct,
  policy: Policy,
  { host, domain }: SearchOptions,
): void {
  const look = whereToLook(sold, readHostSettings(files, silent), policy)
  const named = look.host?.by === 'policy' ? look.host.value : undefined
  const zone = look.domain?.by === 'policy' ? look.domain.value : undefined
  if (host !== undefined && named !== undefined && formatHostAddress(parseHostAddress(host)) !== named) {
    throw above(`the host ${named}`, host)
  }
  if (host !== undefined && named === undefined && zone !== undefined) throw above(`the domain ${zone}`, host)
  const type = look.activationType
  if (host !== undefined && type?.by === 'policy' && (type.value === 'directory' || type.value === 'token')) {
    throw above(`activation by ${type.value}`, host)
  }
  if (domain === undefined) return
  if (named !== undefined) throw above(`the host ${named}`, `the domain ${domain}`)
  if (zone !== undefined && parseZone(domain) !== zone) throw above(`the domain ${zone}`, domain)
}

function above(policy: string, asked: string): ActivationError {
  return new ActivationError('POLICY_STANDS_ABOVE', `the policy names ${policy}, so ${asked} is not asked`)
}
