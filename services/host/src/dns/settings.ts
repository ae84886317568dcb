import { isIP } from 'node:net'
import { isDnsLabel, zoneName } from '@volact/client/hosts/zone-name'
import { parseDnsServer } from '@volact/client/discovery/dns-server'
import { ActivationError } from '@volact/core/errors/activation-error'
import { defaultTtl } from './defaults.ts'

/** How a host publishes itself in DNS: the table `dns` of its configuration. */
export interface DnsSettings {
  /** Whether anything is published by itself. */
  readonly enabled: boolean
  /** Whether the signed checkpoint stands beside the SRV record (rule 29); it shows how many entries the ledger has. */
  readonly checkpoint: boolean
  /** How many minutes pass at least between two checkpoints. */
  readonly checkpointMinutes: number
  readonly zones: readonly ZoneSettings[]
}

/** A zone in which a host is published. */
export interface ZoneSettings {
  /** In ASCII, lower case, without the dot at its end; absent for the domain of this machine. */
  readonly zone?: string
  /** `IP:PORT` or `[IPV6]:PORT`; where absent, the primary server that the zone itself names. */
  readonly server?: string
  /** Path of a file as `tsig-keygen` writes it; without one updates are not signed. */
  readonly keyFile?: string
  /** Seconds. */
  readonly ttl: number
  readonly priority: number
  readonly weight: number
  /** One label: publish the host for this site of the zone. */
  readonly site?: string
  /** The name that the SRV record leads to; where absent, the full name of this machine. */
  readonly name?: string
  /** Address records of that name: none, those of this machine, or these. */
  readonly addresses: readonly string[] | 'none' | 'own'
}

/** Where nothing is said, nothing is published: an update that nobody has prepared fails in most networks. */
export const noDns: DnsSettings = { enabled: true, checkpoint: true, checkpointMinutes: 60, zones: [] }

/** Reads the table `dns` of a configuration; `USAGE` names the first value that is wrong, such as `dns.zones[0].ttl`. */
export function parseDnsSettings(value: unknown): DnsSettings {
  const table = new Table(value, 'dns')
  const settings = {
    enabled: table.flag('enabled') ?? noDns.enabled,
    checkpoint: table.flag('checkpoint') ?? noDns.checkpoint,
    checkpointMinutes: table.whole('checkpointMinutes', 1, 10_080) ?? noDns.checkpointMinutes,
    zones: table.list('zones').map((zone, i) => parseZoneSettings(zone, `dns.zones[${String(i)}]`)),
  }
  table.end()
  return settings
}

/** Reads the settings of one zone, which may come from a command, too. */
export function parseZoneSettings(value: unknown, path: string): ZoneSettings {
  const table = new Table(value, path)
  const zone = table.text('zone', (text) => zoneName(text) ?? table.wrong('zone', 'a domain like corp.example'))
  const server = table.text('server', parseDnsServer)
  const keyFile = table.text('keyFile', (text) => text)
  const site = table.text('site', (text) => siteLabel(text) ?? table.wrong('site', 'one label like berlin'))
  const name = table.text('name', (text) => fullName(text) ?? table.wrong('name', 'a full name like act1.corp.example'))
  const settings = {
    ...(zone !== undefined && { zone }),
    ...(server !== undefined && { server }),
    ...(keyFile !== undefined && { keyFile }),
    ttl: table.whole('ttl', 1, 604_800) ?? defaultTtl,
    priority: table.whole('priority', 0, 65_535) ?? 0,
    weight: table.whole('weight', 0, 65_535) ?? 0,
    ...(site !== undefined && { site }),
    ...(name !== undefined && { name }),
    addresses: parseAddresses(table),
  }
  table.end()
  return settings
}

function siteLabel(text: string): string | undefined {
  return isDnsLabel(text) ? text.toLowerCase() : undefined
}

function fullName(text: string): string | undefined {
  const name = zoneName(text)
  return name?.includes('.') === true ? name : undefined
}

function parseAddresses(table: Table): ZoneSettings['addresses'] {
  const value = table.take('addresses')
  if (value === undefined || value === false) return 'none'
  if (value === true) return 'own'
  if (value === 'none' || value === 'own') return value
  const isList = Array.isArray(value) && value.length <= mostAddresses
  if (isList && value.every((one): one is string => typeof one === 'string' && isIP(one) !== 0)) return value
  return table.wrong('addresses', `true, false, or a list of at most ${String(mostAddresses)} IP addresses`)
}

const mostAddresses = 16

/** A table whose fields are taken one by one; what is left over is a mistake. */
class Table {
  readonly #fields: Map<string, unknown>
  readonly #path: string

  constructor(value: unknown, path: string) {
    const isTable = typeof value === 'object' && value !== null && !Array.isArray(value)
    if (!isTable && value !== undefined) throw new ActivationError('USAGE', `${path} must be a table`)
    this.#fields = new Map(Object.entries(value ?? {}))
    this.#path = path
  }

  take(name: string): unknown {
    const value = this.#fields.get(name)
    this.#fields.delete(name)
    return value
  }

  flag(name: string): boolean | undefined {
    const value = this.take(name)
    if (value === undefined || typeof value === 'boolean') return value
    return this.wrong(name, 'true or false')
  }

  whole(name: string, least: number, most: number): number | undefined {
    const value = this.take(name)
    if (value === undefined) return undefined
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
    return this.wrong(name, `a whole number from ${String(least)} to ${String(most)}`)
  }

  text<T>(name: string, read: (text: string) => T): T | undefined {
    const value = this.take(name)
    if (value === undefined) return undefined
    return typeof value === 'string' && value !== '' ? read(value) : this.wrong(name, 'a text')
  }

  list(name: string): readonly unknown[] {
    const value = this.take(name) ?? []
    return Array.isArray(value) ? value : this.wrong(name, 'a list')
  }

  wrong(name: string, wanted: string): never {
    throw new ActivationError('USAGE', `${this.#path}.${name} must be ${wanted}`)
  }

  end(): void {
    const [unknown] = this.#fields.keys()
    if (unknown !== undefined) throw new ActivationError('USAGE', `${this.#path}.${unknown} is not known here`)
  }
}
