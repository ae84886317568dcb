import type { Catalog, KeyGroup, Product } from './catalog.ts'

/** What a host key is good for: products of its group and the groups below it, up to a generation. */
export interface KeyScope {
  /** Number or slug. */
  readonly group: number | string
  /** The newest generation that is served, itself included. */
  readonly generation: number
}

/** Finds a key group by its number or slug. */
export function findGroup({ groups }: Catalog, numberOrSlug: number | string): KeyGroup | undefined {
  return groups.find(({ number, slug }) => number === numberOrSlug || slug === numberOrSlug)
}

/** The groups that a key of this group covers, itself first; none when the catalog does not know the group. */
export function coveredGroups(catalog: Catalog, numberOrSlug: number | string): readonly KeyGroup[] {
  const covered = new Set<KeyGroup>()
  const cover = (reference: number | string): void => {
    const group = findGroup(catalog, reference)
    if (group === undefined || covered.has(group)) return
    covered.add(group)
    group.includes.forEach(cover)
  }
  cover(numberOrSlug)
  return [...covered]
}

/** Whether a host key serves a product: a newer one serves older generations, never the reverse. */
export function groupCovers(catalog: Catalog, { group, generation }: KeyScope, product: Product): boolean {
  return product.generation <= generation && coveredGroups(catalog, group).some(({ slug }) => slug === product.group)
}

/** The newest generation among the products that a key of this group covers; 0 when there is none. */
export function newestGeneration(catalog: Catalog, numberOrSlug: number | string): number {
  const slugs = coveredGroups(catalog, numberOrSlug).map(({ slug }) => slug)
  return Math.max(
    0,
    ...catalog.products.filter(({ group }) => slugs.includes(group)).map(({ generation }) => generation),
  )
}
