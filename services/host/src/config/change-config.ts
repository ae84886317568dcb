import { utf8 } from '@volact/core/bytes'
import type { PlainValue } from '@volact/client/policy/toml'
import { ActivationError } from '@volact/core/errors/activation-error'
import { writeDurably } from '@volact/files/durable'
import { requireOwnFolder } from '@volact/files/own-folder'
import { hostFiles } from '../folder/files.ts'
import { zoneValueOf } from './dns-zones.ts'
import { editToml, isToml } from './edit-toml.ts'
import { type ConfigKey, hostSettings, isConfigKey } from './host-config.ts'
import { fileOnly, type LoadedConfig, readConfig, readConfigFile, requireValid } from './load-config.ts'
import { plainValueOf } from './setting.ts'

/** A setting and its new value as it is typed; without one, the usual value is to hold again. */
export interface Change {
  readonly key: string
  readonly text: string | undefined
}

/**
 * Changes settings in `host.toml`, all or none: the file is written, durably, only when the whole of it is right afterwards, and
 * keeps its comments. `CONFIG_INVALID` says what is wrong, `USAGE` that there is no such setting, `FOLDER_NOT_WRITABLE` for root in the
 * folder of the service's account.
 */
export function changeConfig(hostDir: string, changes: readonly Change[]): LoadedConfig {
  requireOwnFolder(hostDir)
  const before = readConfigFile(hostDir)
  // A file that is no TOML cannot be edited: its mistake comes first, and alone.
  if (!isToml(before)) requireValid(readConfig(before, fileOnly))
  const after = changes.reduce((text, change) => {
    const { place, value } = wanted(change)
    return editToml(text, place, value)
  }, before)
  const loaded = requireValid(readConfig(after, fileOnly))
  if (after !== before) writeDurably(hostFiles(hostDir).config, utf8(after))
  return loaded
}

/** Gives the name of a setting, or throws `USAGE`. */
export function requireKey(key: string): ConfigKey {
  if (isConfigKey(key)) return key
  throw new ActivationError('USAGE', `there is no setting "${key}"; "volact host config get" lists them all`)
}

interface Wanted {
  readonly place: { readonly table: readonly string[]; readonly key: string }
  readonly value: PlainValue | undefined
}

function wanted({ key, text }: Change): Wanted {
  const [, zone, zoneKey] = /^dns\.zones\.(.+)\.([^.]+)$/.exec(key) ?? []
  if (zone !== undefined && zoneKey !== undefined) {
    const place = { table: ['dns', 'zones', zone], key: zoneKey }
    return { place, value: text === undefined ? undefined : zoneValueOf(text, zoneKey) }
  }
  const name = requireKey(key)
  const parts = name.split('.')
  return {
    place: { table: parts.slice(0, -1), key: parts.at(-1) ?? name },
    value: text === undefined ? undefined : plainValueOf(text, hostSettings[name]),
  }
}
