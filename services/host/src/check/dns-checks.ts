import { hostname } from 'node:os'
import { DnsClient } from '@volact/client/discovery/dns-client'
import { probeNetwork } from '@volact/client/discovery/probe-network'
import { parseHostAddress } from '@volact/client/host-address'
import { srvNames } from '@volact/core/wire/srv-names'
import type { DnsSettings, ZoneSettings } from '../dns/settings.ts'
import type { HostStatus } from '../status.ts'
import { type HostCheck, ok, warning } from './host-check.ts'

const byHand = '"volact host dns print" writes the records for who makes them by hand.'

/** Asks the DNS servers of this machine for the records by which clients find the host, as clients do. */
export async function dnsChecks(status: HostStatus, { enabled, zones }: DnsSettings): Promise<readonly HostCheck[]> {
  if (!enabled || zones.length === 0) {
    const why = enabled ? 'no zone is named' : 'dns.enabled is false'
    return [
      warning(
        'dns',
        `the host publishes nothing: ${why}`,
        `Name one: "volact host config set dns.zones.ZONE.ttl 3600"; or ${byHand}`,
      ),
    ]
  }
  const vendor = status.vendor?.id
  const address = status.address
  if (vendor === undefined || address === undefined) return []
  const { port } = parseHostAddress(address)
  return Promise.all(zones.map((zone) => zoneCheck(zone, vendor, port)))
}

async function zoneCheck(settings: ZoneSettings, vendor: string, port: number): Promise<HostCheck> {
  const zone = settings.zone ?? (await probeNetwork()).primary
  if (zone === undefined) return warning('dns', 'this machine has no domain of its own', 'Name the zone with "zone".')
  const dns = new DnsClient({ hasServers: true, limits })
  const [name = ''] = srvNames({ zone, vendor, ...(settings.site !== undefined && { site: settings.site }) })
  const answer = await dns.srv(name)
  if (!('found' in answer))
    return warning('dns', `${name}: ${answer.message}`, `Look at "volact host dns status"; ${byHand}`)
  const targets = answer.found.map(({ target, port: to }) => `${target}:${to}`)
  const own = (settings.name ?? hostname()).toLowerCase().split('.', 1)[0] ?? ''
  const isThere = answer.found.some(({ target, port: to }) => to === port && target.toLowerCase().startsWith(own))
  const says = `${name} leads to ${targets.join(', ')}`
  return isThere
    ? ok('dns', says)
    : warning('dns', `${says}, and not to ${own} with port ${port}`, `Publish again, or ${byHand}`)
}

const limits = { tryMilliseconds: 1_000, tries: 2, questionMilliseconds: 3_000, searchMilliseconds: 5_000 }
