import { domainOf } from './linux-network.ts'
import type { NetworkFacts } from './network-facts.ts'
import { parseRegistry, type RegistryKey } from './registry.ts'

/** The key below which Windows keeps the settings of TCP/IP. */
export const tcpipKey: string = String.raw`HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`

/** Reads what `reg query … /s` prints of that key. Untested on Windows. */
export function windowsNetwork(printed: string, hostname: string): NetworkFacts {
  const keys = parseRegistry(printed)
  const values = (name: string): readonly string[] => keys.flatMap((key) => valueOf(key, name) ?? [])
  const primary = [...values('Domain'), ...values('NV Domain')][0] ?? domainOf(hostname)
  return {
    ...(primary !== undefined && { primary }),
    dhcp: values('DhcpDomain'),
    searchList: values('SearchList').flatMap((list) => list.split(/[\s,]+/)),
    hasServers: [...values('NameServer'), ...values('DhcpNameServer')].length > 0,
  }
}

function valueOf({ values }: RegistryKey, name: string): string | undefined {
  const value = values.get(name.toLowerCase())?.data
  return value === '' ? undefined : value
}
