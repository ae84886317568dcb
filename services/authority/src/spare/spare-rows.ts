import type { Predecessor } from '@volact/core/document/predecessor'
import type { Instant } from '@volact/core/time'
import type { Database } from '../database/open-authority-database.ts'

/** Notes a spare for which a certificate is issued (rule 47). */
export async function addSpare(
  db: Database,
  log: Uint8Array,
  { predecessor, now }: { readonly predecessor: Predecessor; readonly now: Instant },
): Promise<void> {
  const row = { log_id: log, predecessor: predecessor.logId, checkpoint: predecessor.checkpoint, prepared: now }
  await db.insertInto('spares').values(row).execute()
}

/** Notes that a spare took over, from what tree of its predecessor, and that it is confirmed. */
export async function confirmSpare(
  db: Database,
  log: Uint8Array,
  {
    checkpoint,
    takenOver,
    now,
  }: { readonly checkpoint: Uint8Array; readonly takenOver: Instant; readonly now: Instant },
): Promise<void> {
  const row = { checkpoint, taken_over: takenOver, confirmed: now }
  await db.updateTable('spares').set(row).where('log_id', '=', log).execute()
}
