import { familyOf } from '@volact/core/catalog/applications'
import type { Catalog, Family, Product } from '@volact/core/catalog/catalog'
import { findProduct } from '@volact/core/catalog/find-product'
import { findGroup } from '@volact/core/catalog/key-groups'
import type { RevocationList } from '@volact/core/document/revocation-list'
import type { ExpectedProduct } from '@volact/core/document/verify-answer'
import { type Certificate, extensionValue } from '@volact/core/x509/certificate'
import { extensionOids } from '@volact/core/x509/oids'

/** Who could change a vendor's roots and policy (rule 11): nobody, since they are compiled in; the administrator; anyone. */
export type Protection = 'program' | 'system' | 'folder'

/** A vendor that is trusted here: roots, and the policy by which grants are judged. */
export interface Vendor {
  readonly catalog: Catalog
  readonly roots: readonly Certificate[]
  readonly protection: Protection
  /** The newest list that is known of what the vendor no longer stands by (rule 44). */
  readonly revocations?: RevocationList
}

/** A product with all that is asked of a grant for it. */
export interface SoldProduct {
  readonly vendor: Vendor
  readonly product: Product
  readonly family: Family
  readonly expected: ExpectedProduct
}

/** Finds a product by activation ID, slug or setup key, among those of a vendor or of all. */
export function findSold(vendors: readonly Vendor[], reference: string, vendorId?: string): SoldProduct | undefined {
  return vendors
    .filter(({ catalog }) => vendorId === undefined || catalog.vendor.id === vendorId)
    .flatMap((vendor) => {
      const product = findProduct(vendor.catalog, reference)
      return product === undefined ? [] : sold(vendor, product)
    })[0]
}

/** Whether one of the vendor's roots is marked as one for tests, so that a banner must be shown (rule 11). */
export function isForTests({ roots }: Vendor): boolean {
  return roots.some(isTestRoot)
}

/** Whether nothing but tests can be licensed, so that hardware may be simulated. */
export function isForTestsOnly({ roots }: Vendor): boolean {
  return roots.every(isTestRoot)
}

/** Whether a root is marked as one for tests (protocol.md §2.1). */
export function isTestRoot(root: Certificate): boolean {
  return extensionValue(root, extensionOids.testRoot) !== undefined
}

function sold(vendor: Vendor, product: Product): SoldProduct {
  const family = familyOf(vendor.catalog, product)
  const group = findGroup(vendor.catalog, product.group)
  if (group === undefined) throw new Error(`the catalog does not define the group "${product.group}"`)
  const { activationId, generation } = product
  const { slug, threshold } = family
  return {
    vendor,
    product,
    family,
    expected: { activationId, group: group.number, generation, family: slug, threshold },
  }
}
