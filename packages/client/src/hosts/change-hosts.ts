import { ActivationError } from '@volact/core/errors/activation-error'
import { silent } from '../folder/kept-file.ts'
import { whileLocked } from '../folder/store-lock.ts'
import { formatHostAddress, parseHostAddress } from '../host-address.ts'
import type { Installation } from '../installation.ts'
import type { ActivationType } from './activation-type.ts'
import {
  type HostSettings,
  type LastGoodHost,
  readHostSettings,
  type ScopeSettings,
  writeHostSettings,
} from './host-settings.ts'
import { changeScope, resolveScope, type Scope } from './scope.ts'
import { parseZone } from './zone-name.ts'

/** Sets the host of a scope and gives it as `NAME:PORT`. `USAGE` for what is no address. */
export function setHost(installation: Installation, text: string, scope?: Scope): string {
  const host = formatHostAddress(parseHostAddress(text))
  change(installation, scope, (before) => ({ ...before, host }))
  return host
}

/** Forgets the host of a scope. */
export function clearHost(installation: Installation, scope?: Scope): void {
  change(installation, scope, (before) => without(before, 'host'))
}

/** Sets the one zone in which a scope's host is looked for, and gives its name. `USAGE` for what is no zone. */
export function setDomain(installation: Installation, text: string, scope?: Scope): string {
  const domain = parseZone(text)
  change(installation, scope, (before) => ({ ...before, domain }))
  return domain
}

/** Forgets the zone of a scope. */
export function clearDomain(installation: Installation, scope?: Scope): void {
  change(installation, scope, (before) => without(before, 'domain'))
}

/** Sets on which way a scope's products may be activated. */
export function setActivationType(installation: Installation, activationType: ActivationType, scope?: Scope): void {
  change(installation, scope, (before) => ({ ...before, activationType }))
}

/** Switches on or off that the last good host is asked before DNS; off forgets it. */
export function setHostCaching(installation: Installation, caching: boolean): void {
  save(installation, ({ lastGood, ...settings }) => ({
    ...settings,
    caching,
    lastGood: caching ? lastGood : new Map(),
  }))
}

/** Remembers a host that was found in DNS and has granted, if the folder lets it: it is found again without that. */
export function rememberLastGood(
  { files }: Pick<Installation, 'files'>,
  activationId: string,
  found: LastGoodHost,
): void {
  try {
    whileLocked(files, () => {
      const settings = readHostSettings(files, silent)
      if (!settings.caching || isSame(settings.lastGood.get(activationId), found)) return
      writeHostSettings(files, { ...settings, lastGood: new Map(settings.lastGood).set(activationId, found) })
    })
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
  }
}

function isSame(a: LastGoodHost | undefined, b: LastGoodHost): boolean {
  return a?.host === b.host && a.zone === b.zone && a.site === b.site && a.outside === b.outside
}

function without(before: ScopeSettings, key: keyof ScopeSettings): ScopeSettings {
  const rest = { ...before }
  Reflect.deleteProperty(rest, key)
  return rest
}

/** What was found under other settings is forgotten with them. */
function change(
  installation: Installation,
  scope: Scope | undefined,
  edit: (before: ScopeSettings) => ScopeSettings,
): void {
  const id = resolveScope(installation.vendors, scope)
  save(installation, (settings) => ({ ...changeScope(settings, id, edit), lastGood: new Map() }))
}

function save({ files }: Installation, edit: (before: HostSettings) => HostSettings): void {
  whileLocked(files, () => {
    writeHostSettings(files, edit(readHostSettings(files, silent)))
  })
}
