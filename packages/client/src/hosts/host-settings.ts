import { ActivationError } from '@volact/core/errors/activation-error'
import { type ClientFiles, fileLimits } from '../folder/client-files.ts'
import { type Note, parseJsonObject, readKept, writeJson } from '../folder/kept-file.ts'
import { parseHostAddress } from '../host-address.ts'
import { type ActivationType, isActivationType } from './activation-type.ts'
import { parseZone } from './zone-name.ts'

/** Where somebody has told a client to look for hosts, and where it found one: `hosts.json`. */
export interface HostSettings {
  readonly machine: ScopeSettings
  /** By application ID. */
  readonly applications: ReadonlyMap<string, ScopeSettings>
  /** By activation ID. */
  readonly products: ReadonlyMap<string, ScopeSettings>
  /** Whether the last good host is asked before DNS. */
  readonly caching: boolean
  /** By activation ID. */
  readonly lastGood: ReadonlyMap<string, LastGoodHost>
}

/** What is set for one product, for one application, or for the machine. */
export interface ScopeSettings {
  /** `NAME:PORT`. With a host nothing is looked for in DNS. */
  readonly host?: string
  /** The one zone in which a host is looked for. */
  readonly domain?: string
  readonly activationType?: ActivationType
}

/** A host that was found in DNS and granted. */
export interface LastGoodHost {
  /** `NAME:PORT`. */
  readonly host: string
  /** The zone in which it was found: in another one it is not asked. */
  readonly zone: string
  /** The site that was looked for. */
  readonly site?: string
  /** Whether it lies outside the zones that were searched, so that only the policy has let it be followed (rule 51). */
  readonly outside?: true
}

const nothingSet: HostSettings = {
  machine: {},
  applications: new Map(),
  products: new Map(),
  caching: true,
  lastGood: new Map(),
}

/** Reads the settings. When they are damaged, hosts are looked for as if none were set, and a note says so. */
export function readHostSettings({ hosts }: ClientFiles, note: Note): HostSettings {
  const kept = { path: hosts, maxBytes: fileLimits.hosts, what: 'the settings of hosts', parse: parseHostSettings }
  return readKept(kept, note) ?? nothingSet
}

/** Writes the settings, durably. The folder's lock is held. */
export function writeHostSettings({ hosts }: ClientFiles, settings: HostSettings): void {
  const { applications, products, lastGood, ...rest } = settings
  writeJson(hosts, {
    ...rest,
    applications: Object.fromEntries(applications),
    products: Object.fromEntries(products),
    lastGood: Object.fromEntries(lastGood),
  })
}

function parseHostSettings(bytes: Uint8Array): HostSettings {
  const fields = parseJsonObject(bytes)
  const caching = fields.get('caching')
  if (typeof caching !== 'boolean') throw malformed('"caching" is neither true nor false')
  return {
    machine: parseScope(object(fields.get('machine'), 'machine')),
    applications: mapOf(fields.get('applications'), 'applications', parseScope),
    products: mapOf(fields.get('products'), 'products', parseScope),
    caching,
    lastGood: mapOf(fields.get('lastGood'), 'lastGood', parseLastGood),
  }
}

function parseScope(fields: ReadonlyMap<string, unknown>): ScopeSettings {
  const [host, domain] = [optionalText(fields, 'host'), optionalText(fields, 'domain')]
  if (host !== undefined) parseHostAddress(host)
  if (domain !== undefined) parseZone(domain)
  const activationType = fields.get('activationType')
  if (activationType !== undefined && !isActivationType(activationType)) throw malformed('a type is none')
  return {
    ...(host !== undefined && { host }),
    ...(domain !== undefined && { domain }),
    ...(activationType !== undefined && { activationType }),
  }
}

function parseLastGood(fields: ReadonlyMap<string, unknown>): LastGoodHost {
  const [host, zone] = [optionalText(fields, 'host'), optionalText(fields, 'zone')]
  const site = optionalText(fields, 'site')
  if (host !== undefined && zone !== undefined && parseHostAddress(host).port > 0) {
    return { host, zone, ...(site !== undefined && { site }), ...(fields.has('outside') && { outside: true }) }
  }
  throw malformed('a last good host has no address or no zone')
}

function mapOf<T>(
  value: unknown,
  name: string,
  parse: (fields: ReadonlyMap<string, unknown>) => T,
): ReadonlyMap<string, T> {
  return new Map([...object(value, name)].map(([key, item]) => [key, parse(object(item, name))]))
}

function object(value: unknown, name: string): ReadonlyMap<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return new Map(Object.entries(value))
  throw malformed(`"${name}" holds something else`)
}

function optionalText(fields: ReadonlyMap<string, unknown>, name: string): string | undefined {
  const value = fields.get(name)
  if (value === undefined || typeof value === 'string') return value
  throw malformed(`"${name}" is no text`)
}

function malformed(message: string): ActivationError {
  return new ActivationError('MALFORMED', message)
}
