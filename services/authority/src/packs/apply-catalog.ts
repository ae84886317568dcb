import { equal } from '@volact/core/bytes'
import type { Catalog } from '@volact/core/catalog/catalog'
import { catalogFromCbor, catalogToCbor } from '@volact/core/catalog/catalog-cbor'
import { decodeCbor } from '@volact/core/cbor/decode'
import { encodeCbor } from '@volact/core/cbor/encode'
import { signPack } from '@volact/core/document/pack'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { audit } from '../database/audit.ts'
import type { Database } from '../database/open-authority-database.ts'
import type { SignerOf } from '../folder/open-signers.ts'
import { catalogChanges } from './catalog-changes.ts'

/** What applying a catalog did. Plain JSON. */
export interface AppliedCatalog {
  /** Of the pack that now holds. */
  readonly number: number
  readonly vendor: string
  /** A line for each thing that is new, gone or different; none when nothing changed and the pack stayed. */
  readonly changes: readonly string[]
}

/** The newest catalog and its pack. */
export interface CurrentPack {
  readonly number: number
  readonly catalog: Catalog
  readonly pack: Uint8Array
}

/**
 * Makes a catalog the newest one and signs its pack, in one transaction; the same catalog again changes nothing. Refuses
 * with `CATALOG_INVALID` another vendor's, and one without a group that host keys were issued for.
 */
export async function applyCatalog(
  db: Database,
  catalog: Catalog,
  { signer, now }: { readonly signer: SignerOf<'pack'>; readonly now: Instant },
): Promise<AppliedCatalog> {
  const encoded = encodeCbor(catalogToCbor(catalog))
  const vendor = catalog.vendor.id
  return db.transaction().execute(async (transaction) => {
    const current = await currentPack(transaction)
    if (current !== undefined) {
      requireSameVendor(current.catalog, catalog)
      await requireGroups(transaction, catalog)
      if (equal(encodeCbor(catalogToCbor(current.catalog)), encoded)) {
        return { number: current.number, vendor, changes: [] }
      }
    }
    const number = (current?.number ?? 0) + 1
    const pack = signPack({ number, issued: now, catalog, chain: signer.chain }, signer.signer)
    await transaction.insertInto('packs').values({ number, vendor, issued: now, catalog: encoded, pack }).execute()
    await audit(transaction, now, 'catalog-applied', { number, vendor })
    return { number, vendor, changes: catalogChanges(current?.catalog, catalog) }
  })
}

/** The newest catalog with its pack; nothing before the first was applied. */
export async function currentPack(db: Database): Promise<CurrentPack | undefined> {
  const row = await db
    .selectFrom('packs')
    .select(['number', 'catalog', 'pack'])
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { number: row.number, catalog: catalogFromCbor(decodeCbor(row.catalog)), pack: row.pack }
}

/** The vendor's ID is hashed into every anchor and stands in SRV names: with another one nothing would be found again. */
function requireSameVendor(current: Catalog, next: Catalog): void {
  if (current.vendor.id === next.vendor.id) return
  const message = `the catalog is of vendor "${next.vendor.id}", and this authority is for "${current.vendor.id}": the ID of a vendor never changes; set up another authority for another vendor`
  throw new ActivationError('CATALOG_INVALID', message)
}

async function requireGroups(db: Database, catalog: Catalog): Promise<void> {
  const keys = await db.selectFrom('keys').select(['serial', 'group_number']).where('type', '=', 'host').execute()
  const orphan = keys.find((key) => !catalog.groups.some(({ number }) => number === key.group_number))
  if (orphan === undefined) return
  const message = `the catalog has no group with number ${orphan.group_number}, and host key ${orphan.serial} was issued for it: keep the group, even without products`
  throw new ActivationError('CATALOG_INVALID', message)
}
