import type { Entry, PlainToml, PlainValue } from '@volact/client/policy/toml'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type DnsSettings, parseZoneSettings, type ZoneSettings } from '../dns/settings.ts'
import type { HostConfig } from './host-config.ts'

/** A zone as the file names it, and what is wrong with it if anything is. */
export type NamedZone =
  | { readonly name: string; readonly zone: ZoneSettings; readonly where: string }
  | { readonly name: string; readonly problem: string; readonly where: string }

/** What a table of a zone may hold, for the page. */
export const zoneKeys: Readonly<Record<string, string>> = {
  zone: 'the zone, where the name of the table is not the zone itself; a name without a dot and without this key is the machine’s own domain',
  server:
    'the name server that takes updates, `IP:PORT`; the primary server that the zone itself names where nothing is set',
  'key-file': 'file with the TSIG key, as `tsig-keygen` writes it; without one updates are not signed',
  ttl: 'seconds for which resolvers may keep the records, 3600 where nothing is set',
  priority: 'the host with the lowest is asked first, 0 where nothing is set',
  weight: 'how often this host is chosen among those of its priority, 0 where nothing is set',
  site: 'one label: publish for this site of the zone',
  name: 'the name to which the record leads; the full name of this machine where nothing is set',
  addresses: '`true` to publish the addresses of that name, too, or a list of them',
}

/** Whether the path of a key belongs to a zone: `dns.zones.NAME.KEY`. */
export function isOfZone(path: readonly string[]): boolean {
  return path.length === 4 && path[0] === 'dns' && path[1] === 'zones'
}

/** Reads the tables `[dns.zones.NAME]`. */
export function readZones({ tables, entries }: PlainToml): readonly NamedZone[] {
  return tables.flatMap(({ table, where }) => {
    const [, , name] = table
    if (!isOfZone([...table, '']) || name === undefined) return []
    const own = entries.filter((entry) => JSON.stringify(entry.table) === JSON.stringify(table))
    return [readZone(name, own, where)]
  })
}

function readZone(name: string, entries: readonly Entry[], where: string): NamedZone {
  const path = `dns.zones.${name}`
  const named = name.includes('.') ? { zone: name } : {}
  const fields = Object.fromEntries(entries.map(({ key, value }) => [fieldOf(key), value]))
  try {
    return { name, zone: parseZoneSettings({ ...named, ...fields }, path), where }
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    const { message } = error
    const wrong = entries.find(({ key }) => message.startsWith(`${path}.${fieldOf(key)} `))
    const problem = wrong === undefined ? message : message.replace(fieldOf(wrong.key), wrong.key)
    return { name, problem, where: wrong?.where ?? where }
  }
}

/** `key-file` is `keyFile` in the program; nothing else is taken for it. */
function fieldOf(key: string): string {
  return key === 'key-file' ? 'keyFile' : key === 'keyFile' ? 'key_file' : key
}

/** Reads a text from a command line as the value of a key of a zone. */
export function zoneValueOf(text: string, key: string): PlainValue {
  if (['ttl', 'priority', 'weight'].includes(key) && /^\d{1,9}$/.test(text)) return Number(text)
  if (key !== 'addresses') return text
  return text === 'true' || (text === 'false' ? false : text.split(',').map((one) => one.trim()))
}

/** Puts together what the DNS desk is to know. */
export function dnsSettingsOf(config: HostConfig, zones: readonly ZoneSettings[]): DnsSettings {
  return {
    enabled: config['dns.enabled'],
    checkpoint: config['dns.checkpoint'],
    checkpointMinutes: config['dns.checkpoint-minutes'],
    zones,
  }
}
