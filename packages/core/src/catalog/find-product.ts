import type { Catalog, Product } from './catalog.ts'

/** Finds a product by its activation ID, its slug, or its setup key, in any case and with or without hyphens. */
export function findProduct({ products }: Catalog, reference: string): Product | undefined {
  const wanted = plain(reference)
  return products.find(
    ({ activationId, slug, setupKey }) =>
      [plain(activationId), plain(setupKey)].includes(wanted) || slug === reference.toLowerCase(),
  )
}

function plain(reference: string): string {
  return reference.replaceAll('-', '').toLowerCase()
}
