import type { Catalog } from '@volact/core/catalog/catalog'

/** Says what is new, gone or different in a catalog, a line each, for the person who applies it. */
export function catalogChanges(before: Catalog | undefined, after: Catalog): readonly string[] {
  return [
    ...vendorChange(before, after),
    ...listChanges('application', before?.applications ?? [], after.applications),
    ...listChanges('family', before?.families ?? [], after.families),
    ...listChanges('key group', before?.groups ?? [], after.groups),
    ...listChanges('product', before?.products ?? [], after.products),
  ]
}

function vendorChange(before: Catalog | undefined, after: Catalog): readonly string[] {
  if (before === undefined) return [`vendor ${after.vendor.id} added`]
  return isSame(before.vendor, after.vendor) ? [] : [`vendor ${after.vendor.id} changed`]
}

interface Named {
  readonly slug: string
}

function listChanges(what: string, before: readonly Named[], after: readonly Named[]): readonly string[] {
  const old = new Map(before.map((item) => [item.slug, item]))
  const kept = new Set(after.map(({ slug }) => slug))
  const news = after.flatMap((item) => {
    const known = old.get(item.slug)
    if (known === undefined) return [`${what} ${item.slug} added`]
    return isSame(known, item) ? [] : [`${what} ${item.slug} changed`]
  })
  return [...news, ...before.filter(({ slug }) => !kept.has(slug)).map(({ slug }) => `${what} ${slug} removed`)]
}

/** Both come out of the same parser, so that equal values have their fields in the same order. */
function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
