import type { Instant } from '@volact/core/time'
import type { WitnessedTree } from '@volact/core/document/witness'
import { type Certificate, parseCertificate } from '@volact/core/x509/certificate'
import type { Database } from '../database/open-authority-database.ts'
import { findHostKeyOf, type HostKey } from '../activation/host-rows.ts'

/** What the vendor knows of a ledger that has a certificate. */
export interface KnownLog {
  readonly key: HostKey
  /** The number of the host that was activated. */
  readonly host: number
  /** All certificates that were issued for it, the newest first. A host that was restored has an older one. */
  readonly certificates: readonly [Certificate, ...Certificate[]]
  readonly witnessed: WitnessedTree & { readonly time: Instant }
  /** The number of the last recovery that was accepted. */
  readonly recovery?: number
}

/** Finds a ledger by its ID. Of one that was only activated its first entry was seen, whose hash its ID is (rule 7). */
export async function findLog(db: Database, logId: Uint8Array): Promise<KnownLog | undefined> {
  const activated = await db
    .selectFrom('activations')
    .innerJoin('hosts', 'hosts.id', 'activations.host_id')
    .select(['certificate', 'key_serial', 'host_id'])
    .where('log_id', '=', logId)
    .executeTakeFirst()
  const key = activated && (await findHostKeyOf(db, activated.key_serial))
  if (activated === undefined || key === undefined) return undefined
  const renewed = await db
    .selectFrom('renewals')
    .select('certificate')
    .where('log_id', '=', logId)
    .orderBy('id', 'desc')
    .execute()
  const seen = await db.selectFrom('witnessed').selectAll().where('log_id', '=', logId).executeTakeFirst()
  return {
    key,
    host: activated.host_id,
    certificates: allOf([...renewed, activated].map(({ certificate }) => parseCertificate(certificate))),
    witnessed: seen ?? { size: 1, root: logId, time: 0 },
    ...(typeof seen?.recovery === 'number' && { recovery: seen.recovery }),
  }
}

function allOf(certificates: readonly Certificate[]): KnownLog['certificates'] {
  const [first, ...others] = certificates
  if (first === undefined) throw new Error('a log that was activated has a certificate')
  return [first, ...others]
}

/** Finds the certificate that was issued for this very key: its answer may have been lost. */
export async function findRenewal(
  db: Database,
  logId: Uint8Array,
  publicKey: Uint8Array,
): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom('renewals')
    .select('certificate')
    .where('log_id', '=', logId)
    .where('public_key', '=', publicKey)
    .executeTakeFirst()
  return row?.certificate
}

/** Remembers the newest tree of a ledger, and the recovery that led there. */
export async function writeWitnessed(
  db: Database,
  logId: Uint8Array,
  { size, root, time, recovery }: WitnessedTree & { readonly time: Instant; readonly recovery: number | undefined },
): Promise<void> {
  const row = { size, root, time, recovery: recovery ?? null }
  await db
    .insertInto('witnessed')
    .values({ log_id: logId, ...row })
    .onConflict((conflict) => conflict.column('log_id').doUpdateSet(row))
    .execute()
}
