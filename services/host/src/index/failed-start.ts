import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { sqliteError } from '@volact/storage/sqlite-error'
import type { HostEvent } from './host-event.ts'
import { IndexWriter } from './index-writer.ts'
import { openIndex } from './open-index.ts'

/** How long it is waited for another program that writes, in milliseconds. */
const patience = 1_000

/** The event of a host that does not start, or cannot go on. What is no failure of the table has the name of its kind. */
export function failedStart(error: unknown): HostEvent {
  const name = error instanceof Error ? error.name : 'Error'
  return { id: 12291, vendor: '', fields: [error instanceof ActivationError ? error.code : name] }
}

/** Leaves the event in the index of a host whose thread does not run. What keeps it from being written is not worth a word beside the reason itself. */
export async function recordFailedStart(path: string, error: unknown, now: Instant): Promise<void> {
  try {
    const { db } = await openIndex(path, patience)
    try {
      new IndexWriter(db, []).tell({ refusals: [], events: [{ time: now, event: failedStart(error) }] })
    } finally {
      db.close()
    }
  } catch (problem) {
    if (!(sqliteError(problem, path) instanceof ActivationError) && !(problem instanceof Error && 'code' in problem))
      throw problem
  }
}
