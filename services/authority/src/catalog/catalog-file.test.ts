import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { applicationOf, familiesOf, largestThreshold } from '@volact/core/catalog/applications'
import type { Catalog } from '@volact/core/catalog/catalog'
import { catalogFromCbor, catalogToCbor } from '@volact/core/catalog/catalog-cbor'
import { findProduct } from '@volact/core/catalog/find-product'
import { coveredGroups, groupCovers, newestGeneration } from '@volact/core/catalog/key-groups'
import { days } from '@volact/core/time'
import { maxCatalogBytes, parseCatalogText, readCatalogFile } from './catalog-file.ts'
import { failure, linesOf } from './refused-catalog.fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'volact-catalog-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

function example(name: string): Catalog {
  return readCatalogFile(exampleFile(name))
}

function exampleFile(name: string): string {
  return fileURLToPath(new URL(`../../../../examples/catalogs/${name}.yaml`, import.meta.url))
}

describe('the reference catalog', () => {
  const catalog = example('reference')
  const product = (slug: string) => {
    const found = findProduct(catalog, slug)
    if (found === undefined) throw new Error(`no product ${slug}`)
    return found
  }

  it('counts desktop and server together, 25 and 5, and the suite apart, 5', () => {
    const platform = applicationOf(catalog, product('desktop-1-standard'))
    expect(applicationOf(catalog, product('server-1-web'))).toBe(platform)
    expect(familiesOf(catalog, platform).map(({ slug, threshold }) => [slug, threshold])).toEqual([
      ['desktop', 25],
      ['server', 5],
      ['appliance', 5],
    ])
    expect(largestThreshold(catalog, platform)).toBe(25)
    expect(largestThreshold(catalog, applicationOf(catalog, product('suite-3')))).toBe(5)
  })

  it('has server groups A ⊂ B ⊂ C above the client group, beside those of the suite and of evaluations', () => {
    const covered = (group: string) => coveredGroups(catalog, group).map(({ slug }) => slug)
    expect(covered('server-c')).toEqual(['server-c', 'server-b', 'server-a', 'client'])
    expect(covered('server-a')).toEqual(['server-a', 'client'])
    expect(covered('suite')).toEqual(['suite'])
    expect(['client', 'server-a', 'server-b', 'server-c', 'suite'].flatMap(covered)).not.toContain('trial')
  })

  it('serves older generations by newer host keys, never the reverse', () => {
    expect(newestGeneration(catalog, 'server-c')).toBe(3)
    const served = [1, 2, 3].map((generation) =>
      ['desktop-1-standard', 'desktop-2-standard', 'desktop-3-standard'].filter((slug) =>
        groupCovers(catalog, { group: 'client', generation }, product(slug)),
      ),
    )
    expect(served.map(({ length }) => length)).toEqual([1, 2, 3])
  })

  it('has 30 and 60 days of grace and none, 3 and 5 rearms, an evaluation and an add-on', () => {
    const policies = ['desktop-1-standard', 'server-1-web', 'desktop-3-standard', 'desktop-1-enterprise'].map(
      (slug) => product(slug).policy,
    )
    expect(policies.map(({ initialGraceSeconds }) => initialGraceSeconds / days(1))).toEqual([30, 60, 0, 30])
    expect(policies.map(({ outOfToleranceGraceSeconds }) => outOfToleranceGraceSeconds / days(1))).toEqual([
      30, 30, 0, 30,
    ])
    expect(policies.map(({ rearms }) => rearms)).toEqual([3, 3, 1000, 5])
    expect(product('suite-3').policy.rearms).toBe(5)
    expect(product('desktop-3-evaluation').channel).toBe('evaluation')
    expect(product('suite-3-drawing').requires).toBe('suite-3')
    expect(product('suite-3').policy.enforcement).toMatchObject({ unlicensed: 'limit', notification: 'limit' })
    expect(catalog.families.find(({ slug }) => slug === 'appliance')).toMatchObject({
      counts: 'physical',
      serves: 'physical',
    })
  })

  it('repeats the built-in values in its defaults', () => {
    const own = example('by-hand').products[0]?.policy
    expect(product('desktop-2-standard').policy).toEqual(own)
  })
})

describe('the catalog by hand', () => {
  it('activates one product from three machines on one computer', () => {
    const catalog = example('by-hand')
    expect(catalog.families).toMatchObject([{ threshold: 3, countBy: 'machine' }])
    expect(catalog.products).toHaveLength(1)
  })
})

it.each(['reference', 'by-hand'])('the catalog %s comes back from a pack as it was', (name) => {
  const catalog = example(name)
  expect(catalogFromCbor(catalogToCbor(catalog))).toEqual(catalog)
})

const badCatalog = `format: 1
vendor:
  id: Example
  name: Example Works
  contacts: {}
applications:
  - id: 0c1b7c4e-52f6-4d3e-9d0e-6f8a86f2a4b1
    slug: platform
    name: Platform
defaults:
  renewalInterval: 11d
families:
  - slug: desktop
    name: Desktop
    application: plattform
    treshold: 25
  - slug: server
    name: Server
    application: platform
    threshold: many
    name: Server
groups:
  - { slug: client, name: Client, number: 10, includes: [server] }
  - { slug: server, name: Server, number: 10, includes: [client] }
products:
  - activationId: 387f2bf7-e4c3-4a6c-a0d2-1fa17468da78
    slug: desktop-1
    name: 7
    edition: Standard
    family: desktop
    group: client
    generation: 1
    lease:
    setupKey: GQFK8-PKCM7-HRTH6-VDQ3P-4FMBY
    enforcement:
      notification: halt
  -
`

describe('a catalog with many mistakes', () => {
  it('is told all of them, by line', () => {
    expect(linesOf(badCatalog)).toEqual([
      'the catalog has 15 problems:',
      'c.yaml:3:3  vendor.id  must be lower-case letters, digits and single hyphens between them, at most 63 characters, but is "Example"',
      'c.yaml:5:3  vendor.contacts  is without a contact: customers need at least one of email, phone and url',
      'c.yaml:11:3  defaults.renewalInterval  a renewalInterval of 11d goes less than 3 times into a window of 30d, so that machines drop out of the count: renew at least every 10d, lengthen the window, or write "force: true"',
      'c.yaml:13:5  families[0].threshold  is missing: add it, such as 25',
      'c.yaml:15:5  families[0].application  must be a slug that the catalog defines, but is "plattform": did you mean "platform"?',
      'c.yaml:16:5  families[0].treshold  is no key of this section: did you mean "threshold"?',
      'c.yaml:20:5  families[1].threshold  must be a whole number from 0 to 100000, but is "many"',
      'c.yaml:21:5  this key stands twice in its section: remove one of them',
      'c.yaml:23:47  groups[0].includes  leads back to itself (client → server → client): take one of these out',
      'c.yaml:24:35  groups[1].number  must be its own, but 10 is that of groups[0], too',
      'c.yaml:28:5  products[0].name  must be text, but is 7: put it in quotes',
      'c.yaml:33:5  products[0].lease  must be a duration like 30d, 24h or 120min, but is empty',
      'c.yaml:34:5  products[0].setupKey  must be a setup key: this is not a product key: the check characters do not fit: one character is mistyped or two are swapped',
      'c.yaml:36:7  products[0].enforcement.notification  must be notify, limit or stop, but is "halt"',
      'c.yaml:37:4  products[1]  must be a section with the keys activationId, slug, name, edition, family, group, generation, channel, setupKey, features, requires, lease, activationInterval, renewalInterval, force, initialGrace, outOfToleranceGrace, nonGenuineGrace, rearms, ephemeral, enforcement, evaluation, extendedGrace, quiet, rearmsAfterActivation, applicationRearms, productRearms, but is empty',
    ])
  })

  it('has them in the data of the error, too', () => {
    const { code, data } = failure(() => parseCatalogText(badCatalog, 'c.yaml'))
    expect(code).toBe('CATALOG_INVALID')
    expect(data['problems']).toHaveLength(15)
    expect(data['problems']).toContainEqual({
      line: 16,
      column: 5,
      path: 'families[0].treshold',
      message: expect.stringContaining('threshold') as string,
    })
  })

  it('is refused with one coded error, whatever part of it is missing', () => {
    fc.assert(
      fc.property(fc.nat(badCatalog.length), fc.nat(80), (start, length) => {
        const cut = badCatalog.slice(0, start) + badCatalog.slice(start + length)
        return failure(() => parseCatalogText(cut, 'c.yaml')).code === 'CATALOG_INVALID'
      }),
    )
  })

  it('is refused for a key that stands twice, even when all else is right', () => {
    const text = readFileSync(exampleFile('by-hand'), 'utf8').replace(
      '    threshold: 3\n',
      '    threshold: 3\n    threshold: 3\n',
    )
    expect(linesOf(text)).toEqual([
      'the catalog has one problem:',
      'c.yaml:20:5  this key stands twice in its section: remove one of them',
    ])
  })

  it('is told no more than a hundred, and how many there are', () => {
    const lines = linesOf(Array.from({ length: 150 }, (_, index) => `key${index}: 1`).join('\n'))
    expect(lines).toHaveLength(102)
    expect([lines[0], lines.at(-1)]).toEqual(['the catalog has 156 problems:', 'and 56 more'])
  })
})

describe('a file', () => {
  function written(name: string, content: string | Uint8Array): string {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }

  it.each<[what: string, path: () => string, code: string]>([
    ['is missing', () => join(folder, 'none.yaml'), 'FILE_MISSING'],
    ['is a folder', () => folder, 'NOT_A_FILE'],
    ['is too large', () => written('large.yaml', '#'.repeat(maxCatalogBytes + 1)), 'TOO_LARGE'],
    ['is no UTF-8', () => written('latin.yaml', Uint8Array.of(0x61, 0x3a, 0x20, 0xe9)), 'CATALOG_INVALID'],
    ['is UTF-16', () => written('utf16.yaml', Buffer.from('\ufeffformat: 1', 'utf16le')), 'CATALOG_INVALID'],
    ['is empty', () => written('empty.yaml', ''), 'CATALOG_INVALID'],
  ])('that %s is refused with its code', (_, path, code) => {
    expect(failure(() => readCatalogFile(path())).code).toBe(code)
  })

  it('may begin with a byte order mark and end its lines as Windows does', () => {
    const lines = failure(() => readCatalogFile(written('bom.yaml', '\ufeffformat: 1\r\nvendor: x\r\n'))).message
    expect(lines).toContain('bom.yaml:2:1  vendor  must be a section')
  })
})
