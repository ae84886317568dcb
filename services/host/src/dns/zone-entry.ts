import { isHostName } from '@volact/client/host-address'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { ZoneSettings } from './settings.ts'
import type { DnsSurroundings } from './surroundings.ts'

/** A zone with nothing left open. */
export interface ZoneEntry {
  /** What it is remembered by: the zone, or that of its site. */
  readonly id: string
  readonly settings: ZoneSettings & { readonly zone: string }
  /** The full name that the SRV records lead to. */
  readonly target: string
}

/** Settles which zone and which name are meant; `DNS_NO_SUFFIX` where this machine has no domain, `USAGE` where it has no name. */
export function entryOf(settings: ZoneSettings, { name, domain }: DnsSurroundings): ZoneEntry {
  const zone = settings.zone ?? domain
  if (zone === undefined) {
    throw new ActivationError('DNS_NO_SUFFIX', 'this machine has no domain of its own: name the zone to publish in')
  }
  const target = settings.name ?? (name.includes('.') ? name : `${name}.${domain ?? zone}`)
  if (name.startsWith('localhost') && settings.name === undefined) throw noName(name)
  if (!isHostName(target)) throw noName(target)
  return {
    id: idOf({ zone, ...(settings.site !== undefined && { site: settings.site }) }),
    settings: { ...settings, zone },
    target,
  }
}

/** What a zone is remembered by. */
export function idOf({ zone, site }: { readonly zone: string; readonly site?: string }): string {
  return site === undefined ? zone : `${site}._sites.${zone}`
}

function noName(name: string): ActivationError {
  return new ActivationError('USAGE', `other machines cannot find this one as "${name}": set the name to publish`)
}
