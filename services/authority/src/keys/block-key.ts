import { ActivationError } from '@volact/core/errors/activation-error'
import { parseProductKey } from '@volact/core/product-key/parse-product-key'
import { keyDigest } from '@volact/core/product-key/product-key'
import type { Instant } from '@volact/core/time'
import { audit } from '../database/audit.ts'
import type { Database } from '../database/open-authority-database.ts'
import { type ListedKey, listKeys } from './list-keys.ts'

/** Blocks a key or lifts that; what it activated before runs on. The key is named by its serial, or whole. */
export async function setBlocked(
  db: Database,
  reference: string,
  { blocked, now }: { readonly blocked: boolean; readonly now: Instant },
): Promise<ListedKey> {
  return db.transaction().execute(async (transaction) => {
    const serial = await serialOf(transaction, reference)
    await transaction
      .updateTable('keys')
      .set({ blocked: blocked ? now : null })
      .where('serial', '=', serial)
      .execute()
    await audit(transaction, now, blocked ? 'key-blocked' : 'key-unblocked', { serial })
    const [key] = await listKeys(transaction, serial)
    if (key === undefined) throw new Error(`key ${serial} is gone`)
    return key
  })
}

async function serialOf(db: Database, reference: string): Promise<number> {
  const keys = db.selectFrom('keys').select('serial')
  const isSerial = /^\d{1,10}$/.test(reference.trim())
  const found = await (
    isSerial
      ? keys.where('serial', '=', Number(reference))
      : keys.where('digest', '=', keyDigest(parseProductKey(reference)))
  ).executeTakeFirst()
  if (found !== undefined) return found.serial
  const what = isSerial ? `no key with serial ${reference.trim()}` : 'no such key'
  throw new ActivationError('KEY_INVALID', `${what} was issued here: "volact authority key list" shows those that were`)
}
