import type { Application, Catalog, Family, Product } from './catalog.ts'

/** The family of a product, with its threshold and window. */
export function familyOf({ families }: Catalog, product: Product): Family {
  return known(families, product.family)
}

/** The application in whose count a product takes part. */
export function applicationOf(catalog: Catalog, product: Product): Application {
  return known(catalog.applications, familyOf(catalog, product).application)
}

/** The families that share the count of an application. */
export function familiesOf({ families }: Catalog, application: Application): readonly Family[] {
  return families.filter((family) => family.application === application.slug)
}

/** The largest threshold of an application, of which twice is the most that a host reports as count; 0 without a family. */
export function largestThreshold(catalog: Catalog, application: Application): number {
  return Math.max(0, ...familiesOf(catalog, application).map(({ threshold }) => threshold))
}

/** A parsed catalog defines every slug it uses. */
function known<T extends { readonly slug: string }>(list: readonly T[], slug: string): T {
  const found = list.find((item) => item.slug === slug)
  if (found === undefined) throw new Error(`the catalog does not define "${slug}"`)
  return found
}
