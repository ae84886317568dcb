import { entryIndex, entryTime, parseEntry } from '@volact/core/document/ledger-entry'
import type { Instant } from '@volact/core/time'
import type { NewBatch } from './entry-log.ts'

/** Makes a batch of entries that continue a ledger of this size and last time, by what they say of themselves; a bug where they do not. */
export function parseBatch(entries: readonly Uint8Array[], size: number, lastTime: Instant): NewBatch {
  const parsed = entries.map(parseEntry)
  for (const [position, entry] of parsed.entries()) {
    if (entryIndex(entry) !== size + position) throw new Error(`this is not entry ${size + position}`)
  }
  const times = parsed.map(entryTime)
  if (times.some((time, at) => time < (times[at - 1] ?? lastTime))) throw new Error('the time of an entry goes back')
  return { first: size, time: times.at(-1) ?? lastTime, entries }
}
