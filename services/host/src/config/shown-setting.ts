import { type ConfigKey, configKeys, type HostConfig, usualConfig } from './host-config.ts'
import { formatListenAddress } from './listen-setting.ts'
import type { LoadedConfig } from './load-config.ts'

/** A setting as a person reads it. */
export interface ShownSetting {
  readonly key: ConfigKey
  /** As it is written; nothing where nothing is set and nothing is usual. */
  readonly value: string | number | boolean | null
  /** `host.toml:3`, a variable, a flag; `usual` where nothing is set. */
  readonly from: string
}

/** Shows the settings in force, and where each comes from. */
export function shownSettings({ config, from }: LoadedConfig): readonly ShownSetting[] {
  return configKeys.map((key) => ({ key, value: shownValue(config[key]), from: from.get(key) ?? 'usual' }))
}

/** Shows a value as it is written. */
export function shownValue(value: HostConfig[ConfigKey]): ShownSetting['value'] {
  if (value === undefined) return null
  return typeof value === 'object' ? formatListenAddress(value) : value
}

/** Shows what holds where nothing is set. */
export function usualValue(key: ConfigKey): ShownSetting['value'] {
  return shownValue(usualConfig[key])
}
