import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readCatalogFile } from '@volact/authority/catalog/catalog-file'
import { familyOf } from '@volact/core/catalog/applications'
import type { Family, Product } from '@volact/core/catalog/catalog'

/** What the lab's machines run. */
export interface LabProduct {
  readonly product: Product
  readonly family: Family
}

const productSlug = 'desktop-1-standard'

/** Finds the reference catalog: in a clone where everybody reads it, in a published package beside the program. */
export function referenceCatalog(): string {
  const places = ['../../../examples/catalogs/reference.yaml', '../reference.yaml']
  const found = places.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((path) => existsSync(path))
  if (found === undefined) throw new Error('the reference catalog is not where it belongs')
  return found
}

/** Reads the product that the lab's machines run: a desktop one of the reference catalog. */
export function readLabProduct(): LabProduct {
  const catalog = readCatalogFile(referenceCatalog())
  const product = catalog.products.find(({ slug }) => slug === productSlug)
  if (product === undefined) throw new Error(`the reference catalog has no product ${productSlug}`)
  return { product, family: familyOf(catalog, product) }
}
