import type { SystemFiles } from '../hardware/system-files.ts'
import type { NetworkFacts } from './network-facts.ts'

/** Reads the domains of a Linux machine from where its network services leave them; each place is optional. */
export function linuxNetwork(files: SystemFiles, hostname: string): NetworkFacts {
  const resolver = readResolver(files)
  const primary = domainOf(hostname) ?? domainInHosts(files, hostname) ?? resolver.domain
  return {
    ...(primary !== undefined && { primary }),
    dhcp: [...networkdDomains(files), ...networkManagerDomains(files), ...dhclientDomains(files)],
    searchList: resolver.search,
    hasServers: resolver.servers > 0,
  }
}

/** What follows the first label of a full name. */
export function domainOf(name: string): string | undefined {
  return /^[^.]+\.(.+)$/.exec(name)?.[1]
}

interface Resolver {
  readonly domain: string | undefined
  readonly search: readonly string[]
  readonly servers: number
}

/** resolv.conf(5): of several lines of one kind the last one counts. */
function readResolver(files: SystemFiles): Resolver {
  const lines = linesOf(files, '/etc/resolv.conf').map((line) => line.split(/\s+/))
  const last = (keyword: string): readonly string[] => lines.findLast(([first]) => first === keyword)?.slice(1) ?? []
  return {
    domain: last('domain')[0],
    search: last('search'),
    servers: lines.filter(([keyword, address]) => keyword === 'nameserver' && address !== undefined).length,
  }
}

/** hosts(5): the first name of the line that has ours is the full one. */
function domainInHosts(files: SystemFiles, hostname: string): string | undefined {
  return linesOf(files, '/etc/hosts')
    .map((line) => line.split(/\s+/).slice(1))
    .filter((names) => names.includes(hostname))
    .flatMap(([name = '']) => domainOf(name) ?? [])[0]
}

function networkdDomains(files: SystemFiles): readonly string[] {
  return settingsIn(files, '/run/systemd/netif/leases', /./)
}

function networkManagerDomains(files: SystemFiles): readonly string[] {
  return settingsIn(files, '/var/lib/NetworkManager', /^internal-.*\.lease$/)
}

function settingsIn(files: SystemFiles, folder: string, name: RegExp): readonly string[] {
  return namesIn(files, folder, name).flatMap((path) =>
    linesOf(files, path).flatMap((line) => /^DOMAINNAME=(.+)$/.exec(line)?.[1] ?? []),
  )
}

/** dhclient.leases(5): leases are appended, so the last one of a file is the one that holds. */
function dhclientDomains(files: SystemFiles): readonly string[] {
  const folders = ['/var/lib/dhcp', '/var/lib/dhclient', '/var/lib/NetworkManager']
  const paths = folders.flatMap((folder) => namesIn(files, folder, /^dhclient.*\.leases?$/))
  return paths.flatMap((path) =>
    linesOf(files, path)
      .flatMap((line) => /^option domain-name "([^"]+)";$/.exec(line)?.[1] ?? [])
      .slice(-1),
  )
}

function namesIn(files: SystemFiles, folder: string, name: RegExp): readonly string[] {
  return files
    .names(folder)
    .filter((found) => name.test(found))
    .map((found) => `${folder}/${found}`)
}

function linesOf(files: SystemFiles, path: string): readonly string[] {
  return (files.text(path) ?? '').split('\n').map((line) => line.replace(/[#;]\s.*$|^[#;].*$/, '').trim())
}
