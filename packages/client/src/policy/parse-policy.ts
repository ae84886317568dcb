import { isAbsolute } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { formatHostAddress, parseHostAddress } from '../host-address.ts'
import { activationTypes, isActivationType } from '../hosts/activation-type.ts'
import type { ScopeSettings } from '../hosts/host-settings.ts'
import { isDnsLabel, parseZone } from '../hosts/zone-name.ts'
import { parseProxy } from '../web/web-settings.ts'
import type { Policy } from './policy.ts'
import type { Entry, PlainToml } from './toml.ts'

/**
 * Understands a policy, or nothing of it: `MALFORMED` with the place for a name that is not known and a value that makes no sense,
 * because a mistyped pin would be none.
 */
export function parsePolicy({ tables, entries }: PlainToml): Policy {
  for (const { table, where } of tables) requireKnown(table, where)
  const above = entries.filter(({ table }) => table.length === 0)
  const laidDown: Policy = {
    machine: parseScope(above.filter(({ key }) => scopeKeys.has(key))),
    applications: scopes('applications', entries),
    products: scopes('products', entries),
    trustedDomains: [],
    reportName: 'always',
  }
  const others = above.filter(({ key }) => !scopeKeys.has(key))
  return others.reduce((policy, entry) => ({ ...policy, ...parseAbove(entry) }), laidDown)
}

type Above = Omit<Policy, 'machine' | 'applications' | 'products'>

const scopeKeys: ReadonlySet<string> = new Set(['host', 'domain', 'activation-type'])

/** The keys that are good for the whole machine only. */
function parseAbove(entry: Entry): Partial<Above> {
  switch (entry.key) {
    case 'site':
      return { site: site(entry) }
    case 'trusted-domains':
      return { trustedDomains: texts(entry).map((zone) => inPlace(entry, () => parseZone(zone))) }
    case 'customer':
      return { customer: text(entry) }
    case 'report-name':
      return { reportName: reportName(entry) }
    case 'pool-token-file':
      return { poolTokenFile: path(entry) }
    case 'proxy':
      return { proxy: proxy(entry) }
    case 'proxy-credentials-file':
      return { proxyCredentialsFile: path(entry) }
    case 'host-ca-file':
      return { hostCaFile: path(entry) }
    default:
      throw wrong(entry, `there is no "${entry.key}" in a policy`)
  }
}

function scopes(kind: string, entries: readonly Entry[]): ReadonlyMap<string, ScopeSettings> {
  const inKind = entries.filter(({ table }) => table[0] === kind)
  const byName = Map.groupBy(inKind, (entry) => nameOf(entry).toLowerCase())
  return new Map([...byName].map(([name, own]) => [name, parseScope(own)]))
}

function nameOf(entry: Entry): string {
  const [kind = '', name] = entry.table
  if (name !== undefined) return name
  throw wrong(entry, `"${kind}" takes a name: [${kind}.NAME]`)
}

/** Names in another letter case are the same name, so a key can come twice. */
function parseScope(entries: readonly Entry[]): ScopeSettings {
  const again = entries.find(({ key }, i) => entries.findIndex((entry) => entry.key === key) !== i)
  if (again !== undefined) throw wrong(again, `"${again.key}" is there already`)
  return entries.reduce<ScopeSettings>((scope, entry) => ({ ...scope, ...parseScopeEntry(entry) }), {})
}

function parseScopeEntry(entry: Entry): ScopeSettings {
  switch (entry.key) {
    case 'host':
      return { host: inPlace(entry, () => formatHostAddress(parseHostAddress(text(entry)))) }
    case 'domain':
      return { domain: inPlace(entry, () => parseZone(text(entry))) }
    case 'activation-type': {
      const value = text(entry)
      if (isActivationType(value)) return { activationType: value }
      throw wrong(entry, `"activation-type" is one of ${activationTypes.join(', ')}`)
    }
    default:
      throw wrong(entry, `there is no "${entry.key}" for a product or an application`)
  }
}

/** `[products.NAME]` and `[applications.NAME]`; the tables above them may be opened, too, but hold nothing. */
function requireKnown(table: readonly string[], where: string): void {
  const [kind = '', ...names] = table
  if ((kind === 'products' || kind === 'applications') && names.length <= 1) return
  throw new ActivationError('MALFORMED', `${where}: there is no table "${table.join('.')}" in a policy`)
}

function text({ key, value, where }: Entry): string {
  if (typeof value === 'string' && value.trim() !== '') return value
  throw new ActivationError('MALFORMED', `${where}: "${key}" takes a text`)
}

/** It depends on nobody's working folder. It is not quoted: somebody may have written the token itself there, a secret. */
function path(entry: Entry): string {
  const value = text(entry)
  if (isAbsolute(value)) return value
  throw wrong(entry, `"${entry.key}" takes the absolute path of a file`)
}

/** Everybody may read a policy: a password in it would be none. */
function proxy(entry: Entry): string {
  const value = text(entry)
  const found = parseProxy(value)
  if (found !== undefined && found.credentials === undefined) return value
  throw wrong(entry, '"proxy" takes http://NAME:PORT; user and password stand in the file of "proxy-credentials-file"')
}

function texts({ key, value, where }: Entry): readonly string[] {
  if (typeof value === 'object') return value
  throw new ActivationError('MALFORMED', `${where}: "${key}" takes a list of texts`)
}

function site(entry: Entry): string {
  const label = text(entry).toLowerCase()
  if (isDnsLabel(label)) return label
  throw wrong(entry, `"site" takes one label of letters, digits and hyphens`)
}

function reportName(entry: Entry): Policy['reportName'] {
  const value = text(entry)
  if (value === 'always' || value === 'never') return value
  throw wrong(entry, '"report-name" is "always" or "never"')
}

/** Says where the text stands that another reader refuses. */
function inPlace<T>(entry: Entry, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof ActivationError && error.code === 'USAGE') throw wrong(entry, error.message)
    throw error
  }
}

function wrong({ where }: Entry, what: string): ActivationError {
  return new ActivationError('MALFORMED', `${where}: ${what}`)
}
