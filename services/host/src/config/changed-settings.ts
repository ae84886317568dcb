import { type ConfigKey, configKeys, hostSettings } from './host-config.ts'
import type { LoadedConfig } from './load-config.ts'

/** What a reload has found to be set otherwise: what holds from now on, and what only after a restart. */
export interface ChangedSettings {
  readonly taken: readonly (ConfigKey | 'dns.zones')[]
  readonly afterRestart: readonly ConfigKey[]
}

/** Compares the settings that a host runs with those that it is to run with; some have held since it was `started`, and go on to. */
export function changedSettings(before: LoadedConfig, after: LoadedConfig, started: LoadedConfig): ChangedSettings {
  const differs = ({ config }: LoadedConfig, takes: 'reload' | 'restart'): readonly ConfigKey[] =>
    configKeys.filter((key) => hostSettings[key].takes === takes && !isSame(config[key], after.config[key]))
  const zones = isSame(before.dns.zones, after.dns.zones) ? [] : (['dns.zones'] as const)
  return {
    taken: [...differs(before, 'reload'), ...zones],
    afterRestart: differs(started, 'restart'),
  }
}

/** Says what a reload has done. */
export function reloadText({ taken, afterRestart }: ChangedSettings): string {
  const now = taken.length === 0 ? 'no setting has changed' : `changed: ${taken.join(', ')}`
  if (afterRestart.length === 0) return `the settings were read again; ${now}`
  return `the settings were read again; ${now}; only after a restart: ${afterRestart.join(', ')}`
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
