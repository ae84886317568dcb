import { uuidToBytes } from '@volact/core/catalog/uuid'
import type { OpenedVendor } from '../open-host.ts'
import type { VendorService } from '../pipeline/vendor-service.ts'

/** Whom a product is asked of: the vendor who has it in the catalog, and the service, if the host is activated with that vendor. */
export interface ProductOwner {
  readonly vendor: string
  readonly service: VendorService | undefined
}

interface OwnedProduct extends ProductOwner {
  readonly id: Uint8Array
}

/** Finds whom a product is asked of by the bytes of its activation ID, where they stand in a message. */
export class ProductTable {
  readonly #products: readonly OwnedProduct[]

  constructor(products: readonly OwnedProduct[]) {
    this.#products = products
  }

  find(bytes: Uint8Array, at: number): ProductOwner | undefined {
    return this.#products.find(({ id }) => id.every((byte, index) => byte === bytes[at + index]))
  }
}

/** The products of all vendors of a host. */
export function productTableOf(vendors: readonly OpenedVendor[]): ProductTable {
  return new ProductTable(
    vendors.flatMap(({ vendor, service }) =>
      vendor.pack.catalog.products.map(({ activationId }) => ({
        ...{ id: uuidToBytes(activationId), vendor: vendor.id, service },
      })),
    ),
  )
}
