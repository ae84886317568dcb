import { domainOf } from './linux-network.ts'
import type { NetworkFacts } from './network-facts.ts'

/** Reads what `scutil --dns` and `ipconfig getoption en0 domain_name` print. Untested on a Mac. */
export function macosNetwork(resolvers: string, dhcpDomain: string, hostname: string): NetworkFacts {
  const primary = domainOf(hostname)
  const domains = [...resolvers.matchAll(/^\s*search domain\[\d+\]\s*:\s*(\S+)/gm)].flatMap(([, name]) => name ?? [])
  const dhcp = dhcpDomain.trim()
  return {
    ...(primary !== undefined && { primary }),
    dhcp: dhcp === '' ? [] : [dhcp],
    searchList: domains,
    hasServers: /^\s*nameserver\[\d+\]\s*:/m.test(resolvers),
  }
}
