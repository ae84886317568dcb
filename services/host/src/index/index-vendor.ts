import { applicationOf, familyOf } from '@volact/core/catalog/applications'
import type { Catalog } from '@volact/core/catalog/catalog'
import { toHex } from '@volact/core/bytes'
import type { OpenedVendor } from '../open-host.ts'

/** What the index has to know of a vendor: where the ledger lies, which one it is, and what the products are. Plain data, for another thread. */
export interface IndexedVendor {
  readonly id: string
  readonly ledger: string
  /** Log ID, hexadecimal digits. */
  readonly log: string
  /** Entries that the ledger has at the time. */
  readonly size: number
  readonly products: readonly IndexedProduct[]
}

/** A product by its activation ID, with the application it counts in. */
export interface IndexedProduct {
  readonly uuid: string
  readonly slug: string
  readonly name: string
  readonly application: string
  readonly applicationName: string
  /** Seconds that a machine counts after its last contact. */
  readonly window: number
}

/** Tells the index of the vendors of a host: of those that have a ledger. */
export function indexedVendors(vendors: readonly OpenedVendor[]): readonly IndexedVendor[] {
  return vendors.flatMap(({ vendor, service }) => {
    if (service === undefined) return []
    const { ledger, logId } = service.log
    const products = productsOf(vendor.pack.catalog)
    return [{ id: vendor.id, ledger: vendor.files.ledger, log: toHex(logId), size: ledger.size, products }]
  })
}

function productsOf(catalog: Catalog): readonly IndexedProduct[] {
  return catalog.products.map((product) => {
    const { id, name: applicationName } = applicationOf(catalog, product)
    const { activationId: uuid, slug, name } = product
    return { uuid, slug, name, application: id, applicationName, window: familyOf(catalog, product).windowSeconds }
  })
}
