import { existsSync } from 'node:fs'
import { decodeUtf8 } from '@volact/core/bytes'
import { nearest } from '@volact/core/catalog/nearest'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type Entry, parseToml, type PlainToml, type PlainValue } from '@volact/client/policy/toml'
import { readLimited } from '@volact/files/read-limited'
import type { DnsSettings } from '../dns/settings.ts'
import { hostFiles } from '../folder/files.ts'
import { type ConfigKey, configKeys, type HostConfig, hostSettings, isConfigKey, usualConfig } from './host-config.ts'
import { dnsSettingsOf, isOfZone, readZones } from './dns-zones.ts'
import { misfits } from './relations.ts'
import { plainValueOf } from './setting.ts'

/** Where settings come from, beside the file. Whatever comes later here stands above what comes before. */
export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>
  /** What the command line says, by the names of the settings, with the words to call each by: `--listen`. */
  readonly flags: readonly Flag[]
}

export interface Flag {
  readonly key: string
  readonly text: string
  readonly where: string
}

/** The settings in force, and where each was set: `host.toml:3`, `VOLACT_HOST_LISTEN`, `--listen`; nothing for a usual one. */
export interface LoadedConfig {
  readonly config: HostConfig
  readonly dns: DnsSettings
  readonly from: ReadonlyMap<ConfigKey, string>
}

/** A mistake, and where it stands. */
export interface ConfigProblem {
  readonly where: string
  readonly text: string
}

/** What holds where nothing is set. */
export const usualSettings: LoadedConfig = { config: usualConfig, dns: dnsSettingsOf(usualConfig, []), from: new Map() }

/** Nothing but the file: no environment, no flags. */
export const fileOnly: ConfigSources = { env: {}, flags: [] }

/** Reads the settings of a host. `CONFIG_INVALID` names every mistake there is, not only the first. */
export function loadConfig(hostDir: string, sources: ConfigSources): LoadedConfig {
  return requireValid(readConfig(readConfigFile(hostDir), sources))
}

/** Gives the settings, or throws `CONFIG_INVALID` with every mistake. */
export function requireValid({ loaded, problems }: ReadConfig): LoadedConfig {
  if (problems.length === 0) return loaded
  const lines = problems.map(({ where, text }) => `${where}: ${text}`)
  const mistakes = problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`
  throw new ActivationError('CONFIG_INVALID', [`the settings of the host have ${mistakes}`, ...lines].join('\n'), {
    data: { problems },
  })
}

/** Gives the text of `host.toml`; an empty one where there is none. */
export function readConfigFile(hostDir: string): string {
  const { config } = hostFiles(hostDir)
  if (!existsSync(config)) return ''
  const text = decodeUtf8(readLimited(config, mostBytes, 'the settings'))
  if (text === undefined) throw new ActivationError('CONFIG_INVALID', `${config} is no text in UTF-8`)
  return text
}

const mostBytes = 65_536

export interface ReadConfig {
  readonly loaded: LoadedConfig
  readonly problems: readonly ConfigProblem[]
}

/** Reads the settings from the text of the file and from what stands above it. */
export function readConfig(text: string, sources: ConfigSources): ReadConfig {
  const problems: ConfigProblem[] = []
  const from = new Map<ConfigKey, string>()
  const values: Partial<Record<ConfigKey, unknown>> = { ...usualConfig }
  const toml = parseFile(text, problems)
  for (const said of [...inFile(toml.entries), ...inEnvironment(sources.env), ...inFlags(sources.flags)]) {
    const taken = take(said)
    if ('problem' in taken) problems.push({ where: said.where, text: taken.problem })
    else {
      values[taken.key] = taken.value
      from.set(taken.key, said.where)
    }
  }
  // Each value came from the setting of its own name.
  const config = values as unknown as HostConfig
  const zones = readZones(toml).flatMap((zone) => {
    if ('zone' in zone) return [zone.zone]
    problems.push({ where: inConfigFile(zone.where), text: zone.problem })
    return []
  })
  const together = misfits(config).map(({ keys, text: says }) => ({ where: whereOf(keys, from), text: says }))
  return { loaded: { config, dns: dnsSettingsOf(config, zones), from }, problems: [...problems, ...together] }
}

/** What the reader refuses is one mistake, with its line; what stands behind that line nobody knows. */
function parseFile(text: string, problems: ConfigProblem[]): PlainToml {
  try {
    return parseToml(text)
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    const [, where = '', says = error.message] = /^(line \d+): ([^]*)$/.exec(error.message) ?? []
    problems.push({ where: inConfigFile(where), text: says })
    return { tables: [], entries: [] }
  }
}

/** What a source says: of a setting, or that it cannot be read. */
interface Said {
  readonly where: string
  readonly key: string
  readonly value: PlainValue | { readonly text: string }
}

function take({ key, value }: Said): { key: ConfigKey; value: unknown } | { problem: string } {
  if (!isConfigKey(key)) return { problem: `there is no setting "${key}"${guess(key)}` }
  const setting = hostSettings[key]
  const plain = typeof value === 'object' && 'text' in value ? plainValueOf(value.text, setting) : value
  const read = setting.read(plain)
  return 'problem' in read ? { problem: `${key} is ${read.problem}` } : { key, value: read.value }
}

function guess(key: string): string {
  const found = nearest(key, configKeys)
  return found === undefined ? '' : `; did you mean "${found}"?`
}

function inFile(entries: readonly Entry[]): readonly Said[] {
  return entries.flatMap(({ table, key, value, where }) => {
    const path = [...table, key]
    return isOfZone(path) ? [] : [{ where: inConfigFile(where), key: path.join('.'), value }]
  })
}

function inConfigFile(line: string): string {
  return `host.toml:${line.replace('line ', '')}`
}

/** Writes the variable of a setting: `VOLACT_HOST_ADMIN_LISTEN`. */
export function variableOf(key: ConfigKey): string {
  return `${prefix}${key.toUpperCase().replaceAll(/[.-]/g, '_')}`
}

const prefix = 'VOLACT_HOST_'

function inEnvironment(env: ConfigSources['env']): readonly Said[] {
  const keys = new Map(configKeys.map((key) => [variableOf(key), key]))
  return Object.entries(env).flatMap(([name, text]) => {
    if (!name.startsWith(prefix) || text === undefined || text === '') return []
    return [{ where: name, key: keys.get(name) ?? name.slice(prefix.length).toLowerCase(), value: { text } }]
  })
}

function inFlags(flags: readonly Flag[]): readonly Said[] {
  return flags.map(({ key, text, where }) => ({ where, key, value: { text } }))
}

function whereOf(keys: readonly ConfigKey[], from: ReadonlyMap<ConfigKey, string>): string {
  return keys.map((key) => from.get(key)).find((where) => where !== undefined) ?? 'settings'
}
