import { ActivationError } from '@volact/core/errors/activation-error'
import type { KnownZone } from './acts.ts'
import type { DnsMemory } from './memory.ts'
import type { DnsSettings } from './settings.ts'
import type { DnsSurroundings } from './surroundings.ts'
import { entryOf } from './zone-entry.ts'

/** The zones to publish in: those of the configuration, then those that a command has named. */
export interface KnownZones {
  readonly zones: readonly KnownZone[]
  /** What cannot be settled, such as the own domain of a machine that has none. */
  readonly problems: readonly ActivationError[]
}

/** Settles all zones. One that the configuration names, too, is meant as it says there. */
export function knownZones(
  { zones: configured }: DnsSettings,
  { zones: kept }: DnsMemory,
  at: DnsSurroundings,
): KnownZones {
  const problems: ActivationError[] = []
  const zones = new Map<string, KnownZone>()
  const named = [
    ...configured.map((settings) => ({ settings, from: 'configuration' as const })),
    ...[...kept.values()].filter(({ from }) => from === 'command'),
  ]
  for (const { settings, from } of named) {
    try {
      const entry = entryOf(settings, at)
      if (!zones.has(entry.id)) zones.set(entry.id, { entry, from })
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
      problems.push(error)
    }
  }
  return { zones: [...zones.values()], problems }
}
