import { zoneName } from '../hosts/zone-name.ts'
import type { SearchedZone, ZoneFrom } from './discovery-report.ts'
import type { NetworkFacts } from './network-facts.ts'

/** The most zones that are searched. */
export const mostZones = 8

/**
 * Lists the zones of a machine in the order in which they are searched: its own domain, those of its networks, the search list;
 * each once. What is no name of a zone is left out, and a single label, too: nobody's own hosts are published in a top-level domain.
 */
export function zonesOf({ primary, dhcp, searchList }: NetworkFacts): readonly SearchedZone[] {
  const named: readonly (readonly [string, ZoneFrom])[] = [
    ...(primary === undefined ? [] : [[primary, 'primary'] as const]),
    ...dhcp.map((name) => [name, 'dhcp'] as const),
    ...searchList.map((name) => [name, 'search-list'] as const),
  ]
  const zones = new Map<string, SearchedZone>()
  for (const [text, from] of named) {
    const name = zoneName(text)
    const zone = name ?? text.slice(0, shown)
    if (zone !== '' && zone !== '.' && !zones.has(zone)) zones.set(zone, describe(zone, from, name !== undefined))
  }
  return limited([...zones.values()])
}

const shown = 80

function describe(name: string, from: ZoneFrom, isName: boolean): SearchedZone {
  if (!isName) return { name, from, ignored: 'it is no name of a domain' }
  if (name.includes('.')) return { name, from }
  return {
    name,
    from,
    ignored: 'it is a single label, in which nobody publishes hosts: name it with --domain if you do',
  }
}

function limited(zones: readonly SearchedZone[]): readonly SearchedZone[] {
  const searched = zones.filter(({ ignored }) => ignored === undefined)
  const beyond = new Set(searched.slice(mostZones))
  return zones.map((zone) => (beyond.has(zone) ? { ...zone, ignored: `only ${String(mostZones)} are searched` } : zone))
}
