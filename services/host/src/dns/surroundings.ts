import { getServers } from 'node:dns'
import { hostname, networkInterfaces } from 'node:os'
import { probeNetwork } from '@volact/client/discovery/probe-network'
import { zoneName } from '@volact/client/hosts/zone-name'
import { type DnsServer, parseServer } from '@volact/dns/dns-server'

/** What is known of this machine in its network. */
export interface DnsSurroundings {
  /** As the machine calls itself, with or without a domain. */
  readonly name: string
  readonly domain?: string
  /** The DNS servers that it asks. */
  readonly resolvers: readonly DnsServer[]
  /** Its IP addresses that others can reach. */
  readonly addresses: readonly string[]
}

/** Finds out about this machine. */
export async function probeSurroundings(): Promise<DnsSurroundings> {
  const { primary } = await probeNetwork()
  const domain = primary === undefined ? undefined : zoneName(primary)
  return {
    name: hostname().toLowerCase(),
    ...(domain !== undefined && { domain }),
    resolvers: getServers().map(parseServer),
    addresses: Object.values(networkInterfaces())
      .flatMap((of) => of ?? [])
      .filter(({ internal, address }) => !internal && !isLinkLocal(address))
      .map(({ address }) => address),
  }
}

function isLinkLocal(address: string): boolean {
  return /^(?:169\.254\.|fe[89ab])/i.test(address)
}
