import { parseProductKey } from '../product-key/parse-product-key.ts'
import { findCycles } from './cycles.ts'
import { type Draft, type Path, type Problem, shown } from './entry.ts'
import { didYouMean } from './nearest.ts'
import type { WrittenCatalog } from './written-catalog.ts'

type Written = Draft<WrittenCatalog>

/** Finds what is named twice, names that nothing has, and what leads back to itself. */
export function checkReferences(catalog: Written): readonly Problem[] {
  return [...duplicates(catalog), ...unknownNames(catalog), ...circles(catalog), ...keysOfOtherGroups(catalog)]
}

/** The entries of a list that could be read, with their positions. */
export function present<T>(list: readonly (T | undefined)[] | undefined): readonly { item: T; index: number }[] {
  return (list ?? []).flatMap((item, index) => (item === undefined ? [] : [{ item, index }]))
}

function duplicates({ applications, families, groups, products }: Written): readonly Problem[] {
  return [
    ...sameValues('applications', 'id', applications),
    ...sameValues('applications', 'slug', applications),
    ...sameValues('families', 'slug', families),
    ...sameValues('groups', 'slug', groups),
    ...sameValues('groups', 'number', groups),
    ...sameValues('products', 'activationId', products),
    ...sameValues('products', 'slug', products),
    ...sameValues('products', 'setupKey', products),
  ]
}

function sameValues<K extends string>(
  list: string,
  key: K,
  items: readonly (Readonly<Record<K, string | number | undefined>> | undefined)[] | undefined,
): readonly Problem[] {
  const first = new Map<string | number | undefined, number>()
  return present(items).flatMap(({ item, index }) => {
    const value = item[key]
    const before = first.get(value)
    if (before === undefined) first.set(value, index)
    if (before === undefined || value === undefined) return []
    return [
      { path: [list, index, key], message: `must be its own, but ${shown(value)} is that of ${list}[${before}], too` },
    ]
  })
}

function unknownNames({ applications, families, groups, products }: Written): readonly Problem[] {
  const ofApplication = unknownAmong(applications)
  const ofFamily = unknownAmong(families)
  const ofGroup = unknownAmong(groups)
  const ofProduct = unknownAmong(products)
  return [
    ...present(families).flatMap(({ item, index }) =>
      ofApplication(['families', index, 'application'], item.application),
    ),
    ...present(groups).flatMap(({ item, index }) =>
      present(item.includes).flatMap(({ item: name, index: position }) =>
        ofGroup(['groups', index, 'includes', position], name),
      ),
    ),
    ...present(products).flatMap(({ item, index }) => [
      ...ofFamily(['products', index, 'family'], item.family),
      ...ofGroup(['products', index, 'group'], item.group),
      ...ofProduct(['products', index, 'requires'], item.requires),
    ]),
  ]
}

/** A list that could not be read at all is one problem, not one more for each name that leads into it. */
function unknownAmong(
  list: readonly ({ readonly slug: string | undefined } | undefined)[] | undefined,
): (path: Path, name: string | undefined) => readonly Problem[] {
  const known = new Set(present(list).flatMap(({ item }) => item.slug ?? []))
  return (path, name) => {
    if (name === undefined || list === undefined || known.has(name)) return []
    const hint = didYouMean(name, [...known])
    return [{ path, message: `must be a slug that the catalog defines, but is ${shown(name)}: ${hint}` }]
  }
}

function circles({ groups, products }: Written): readonly Problem[] {
  const inclusions = present(groups).map(
    ({ item, index }) => [item.slug ?? '', ['groups', index, 'includes'], present(item.includes)] as const,
  )
  const requirements = present(products).map(
    ({ item, index }) => [item.slug ?? '', ['products', index, 'requires'], present([item.requires])] as const,
  )
  return [inclusions, requirements].flatMap((nodes) => {
    const edges = new Map(nodes.map(([slug, , targets]) => [slug, targets.map(({ item }) => item)]))
    return findCycles(edges).flatMap((cycle) => {
      const message = `leads back to itself (${cycle.join(' → ')}): take one of these out`
      return nodes.filter(([slug]) => slug === cycle[0]).map(([, path]) => ({ path, message }))
    })
  })
}

function keysOfOtherGroups({ groups, products }: Written): readonly Problem[] {
  const numbers = new Map(present(groups).map(({ item }) => [item.slug, item.number]))
  return present(products).flatMap(({ item, index }) => {
    const wanted = numbers.get(item.group)
    if (wanted === undefined || item.setupKey === undefined) return []
    const { group } = parseProductKey(item.setupKey)
    if (group === wanted) return []
    const message = `must be a key of group ${wanted} (${shown(item.group)}), but is one of group ${group}`
    return [{ path: ['products', index, 'setupKey'], message }]
  })
}
