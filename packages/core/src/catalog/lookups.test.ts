import { describe, expect, it } from 'vitest'
import { applicationOf, familiesOf, familyOf, largestThreshold } from './applications.ts'
import { changed, sampleCatalog, samplePlain } from './catalog.fixture.ts'
import type { Product } from './catalog.ts'
import { findProduct } from './find-product.ts'
import { coveredGroups, findGroup, groupCovers, newestGeneration } from './key-groups.ts'

const catalog = sampleCatalog()
const [desktop, server, suite] = catalog.products as readonly [Product, Product, Product]

describe('findProduct', () => {
  it.each([
    ['activation ID', '387f2bf7-e4c3-4a6c-a0d2-1fa17468da78'],
    ['activation ID in capitals', '387F2BF7-E4C3-4A6C-A0D2-1FA17468DA78'],
    ['slug', 'desktop-1'],
    ['setup key', 'GQFK8-PKCM7-HRTH6-VDQ3P-4FMBX'],
    ['setup key as typed in a hurry', 'gqfk8pkcm7hrth6vdq3p4fmbx'],
  ])('finds a product by its %s', (_, reference) => {
    expect(findProduct(catalog, reference)).toBe(desktop)
  })

  it.each(['', 'desktop', 'desktop1', 'GQFK8-PKCM9-YFQP3-FFTVF-3KW7Q'])('finds nothing for %j', (reference) => {
    expect(findProduct(catalog, reference)).toBeUndefined()
  })
})

describe('key groups', () => {
  it('are found by number and by slug', () => {
    expect(findGroup(catalog, 20)).toBe(findGroup(catalog, 'server-a'))
    expect(findGroup(catalog, 19)).toBeUndefined()
  })

  it('cover themselves and all groups below, by whatever way', () => {
    const twoWays = sampleCatalog(changed(samplePlain, ['groups', 2, 'includes'], ['server-a', 'client']))
    expect(coveredGroups(twoWays, 21).map(({ slug }) => slug)).toEqual(['server-b', 'server-a', 'client'])
    expect(coveredGroups(catalog, 'client').map(({ slug }) => slug)).toEqual(['client'])
    expect(coveredGroups(catalog, 'nothing')).toEqual([])
  })

  it.each<[group: number | string, generation: number, product: Product, covered: boolean]>([
    [21, 2, server, true],
    ['server-b', 2, desktop, true],
    ['server-b', 1, desktop, true],
    ['server-b', 1, server, false],
    ['server-a', 2, server, false],
    ['client', 9, server, false],
    ['server-b', 9, suite, false],
    ['suite', 2, suite, true],
    [999, 9, desktop, false],
  ])('group %s of generation %i and %o: %s', (group, generation, product, covered) => {
    expect(groupCovers(catalog, { group, generation }, product)).toBe(covered)
  })

  it('have a newest generation', () => {
    expect(['client', 'server-a', 'server-b', 'nothing'].map((slug) => newestGeneration(catalog, slug))).toEqual([
      1, 1, 2, 0,
    ])
  })
})

describe('applications', () => {
  it('join families in one count, whose cap follows the largest threshold', () => {
    const platform = applicationOf(catalog, server)
    expect(platform.slug).toBe('platform')
    expect(familiesOf(catalog, platform).map(({ slug }) => slug)).toEqual(['desktop', 'server'])
    expect(largestThreshold(catalog, platform)).toBe(25)
    expect(largestThreshold(catalog, applicationOf(catalog, suite))).toBe(5)
    expect(familyOf(catalog, desktop).slug).toBe('desktop')
  })

  it('are a bug when a parsed catalog does not define them', () => {
    expect(() => familyOf({ ...catalog, families: [] }, desktop)).toThrow('the catalog does not define "desktop"')
  })
})
