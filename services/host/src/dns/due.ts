import type { Duration, Instant } from '@volact/core/time'
import type { TextRecord } from '@volact/dns/text-record'
import { firstPause, longestPause, refreshInterval } from './defaults.ts'
import type { PublishedRecord, ZoneMemory } from './memory.ts'

/** What decides whether it is time. */
export interface DueFacts {
  /** The SRV and address records that are to be there. */
  readonly wanted: readonly TextRecord[]
  /** How large the ledgers are by now, all together; nothing where checkpoints are hidden. */
  readonly size: number | undefined
  readonly checkpointPause: Duration
}

/** When a zone is to be published next, by itself: an instant that may have passed; never for one that nobody wants changed. */
export function nextPublishing(memory: ZoneMemory, facts: DueFacts): Instant | undefined {
  const { failure, lastSuccess } = memory
  const wish = wishedAt(memory, facts)
  if (wish === undefined || failure === undefined || failure.at < (lastSuccess ?? 0)) return wish
  return Math.max(wish, failure.at + pauseAfter(failure.times))
}

/** The pause after so many failures in a row. */
export function pauseAfter(times: number): Duration {
  return Math.min(firstPause * 2 ** (times - 1), longestPause)
}

function wishedAt(memory: ZoneMemory, { wanted, size, checkpointPause }: DueFacts): Instant | undefined {
  const { published, withdrawn, lastSuccess, checkpoints } = memory
  if (withdrawn !== undefined) return published.length === 0 ? undefined : withdrawn
  if (wanted.length === 0 && published.length === 0) return undefined
  if (lastSuccess === undefined || !isPublished(wanted, published)) return 0
  const refresh = lastSuccess + refreshInterval
  if (size === undefined) return checkpoints === undefined ? refresh : 0
  if (checkpoints === undefined) return 0
  return size === checkpoints.size ? refresh : Math.min(refresh, checkpoints.at + checkpointPause)
}

/** Addresses that somebody else has written are missing in ours. */
function isPublished(wanted: readonly TextRecord[], published: readonly PublishedRecord[]): boolean {
  const ours = published
    .filter(({ type }) => type !== 'TXT')
    .map(({ asked, ...record }) => keyOf({ ...record, name: asked }))
  const [needed, allowed] = [wanted.filter(({ type }) => type === 'SRV').map(keyOf), wanted.map(keyOf)]
  return needed.every((key) => ours.includes(key)) && ours.every((key) => allowed.includes(key))
}

function keyOf({ name, type, text, ttl }: TextRecord): string {
  return `${name} ${type} ${String(ttl)} ${text}`
}
