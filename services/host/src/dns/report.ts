import type { Instant } from '@volact/core/time'
import type { KnownZone, ZoneReport, ZoneState } from './acts.ts'
import type { ZoneMemory } from './memory.ts'
import type { ZoneEntry } from './zone-entry.ts'

/** What a report of a zone is made of. */
export interface ZoneFacts {
  readonly known: KnownZone | undefined
  readonly memory: ZoneMemory
  readonly next: Instant | undefined
  readonly enabled: boolean
}

/** Tells how a zone stands. */
export function reportOf({ known, memory, next, enabled }: ZoneFacts): ZoneReport {
  const { published, lastSuccess, failure } = memory
  const state = stateOf(memory, known !== undefined, enabled)
  const { server } = memory.settings
  const isLasting = state === 'left' || state === 'off'
  return {
    ...labelOf(known?.entry.settings ?? memory.settings),
    ...{ state, text: texts[state] },
    ...(server !== undefined && { server }),
    records: published.map(({ name, type, ttl, text }) => ({ name, type, ttl, text })),
    ...(lastSuccess !== undefined && { lastSuccess }),
    ...(next !== undefined && !isLasting && { next }),
    ...(failure !== undefined && { failure }),
  }
}

/** Names a zone, with its site. */
export function labelOf({ zone, site }: ZoneEntry['settings']): { readonly zone: string; readonly site?: string } {
  return { zone, ...(site !== undefined && { site }) }
}

function stateOf(
  { withdrawn, published, failure, lastSuccess }: ZoneMemory,
  isKnown: boolean,
  enabled: boolean,
): ZoneState {
  if (failure !== undefined) return 'failing'
  if (withdrawn !== undefined) return 'withdrawn'
  if (!isKnown && published.length > 0) return 'left'
  if (!enabled) return 'off'
  return lastSuccess === undefined || published.length === 0 ? 'waiting' : 'published'
}

const texts: Readonly<Record<ZoneState, string>> = {
  published: 'the host is published',
  failing: 'the last attempt failed; it is tried again by itself while the host runs',
  waiting: 'not published yet',
  withdrawn: 'withdrawn by command; "volact host dns publish" publishes it again',
  left: 'no longer configured, but records of this host are still there: "volact host dns withdraw" removes them',
  off: 'publishing is off (dns.enabled); what is there stays',
}
