import type { Instant } from '@volact/core/time'
import type { Database } from './open-authority-database.ts'

/** What is written down, by its name in the audit. */
export type Act =
  | 'catalog-applied'
  | 'key-issued'
  | 'key-blocked'
  | 'key-unblocked'
  | 'host-activated'
  | 'host-renewed'
  | 'spare-confirmed'
  | 'predecessor-forked'
  | 'host-renewal-refused'
  | 'host-activation-repeated'
  | 'host-refused'

/** Appends an act to the audit, in the transaction that does it. Arguments never hold a whole key. */
export async function audit(
  db: Database,
  time: Instant,
  act: Act,
  details: Readonly<Record<string, string | number>>,
): Promise<void> {
  await db
    .insertInto('audit')
    .values({ time, act, arguments: JSON.stringify(details) })
    .execute()
}
