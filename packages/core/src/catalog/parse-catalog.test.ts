import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { days, hours, minutes } from '../time.ts'
import { changed, sampleCatalog, samplePlain } from './catalog.fixture.ts'
import { formatPath, type Path } from './entry.ts'
import { parseCatalog } from './parse-catalog.ts'
import { writeCatalog } from './write-catalog.ts'

function problems(plain: unknown): readonly string[] {
  const parsed = parseCatalog(plain)
  return 'catalog' in parsed ? [] : parsed.problems.map(({ path, message }) => `${formatPath(path)}: ${message}`)
}

function problemsWith(path: Path, value: unknown): readonly string[] {
  return problems(changed(samplePlain, path, value))
}

const [smallest] = samplePlain['products'] as readonly [object]
const optionalTerms = {
  ...{ evaluation: '90d', extendedGrace: '30d', quiet: '25d' },
  ...{ rearmsAfterActivation: 1, applicationRearms: 2, productRearms: 3 },
}

describe('parseCatalog', () => {
  it('makes every value of the smallest product explicit', () => {
    const plain = changed(samplePlain, ['defaults'], undefined)
    expect(sampleCatalog(plain).products[0]).toEqual({
      activationId: '387f2bf7-e4c3-4a6c-a0d2-1fa17468da78',
      slug: 'desktop-1',
      name: 'Desktop 1',
      edition: 'Standard',
      family: 'desktop',
      group: 'client',
      generation: 1,
      channel: 'volume',
      setupKey: 'GQFK8-PKCM7-HRTH6-VDQ3P-4FMBX',
      features: [],
      policy: {
        leaseSeconds: days(180),
        activationIntervalSeconds: minutes(120),
        renewalIntervalSeconds: days(7),
        force: false,
        initialGraceSeconds: days(30),
        outOfToleranceGraceSeconds: days(30),
        nonGenuineGraceSeconds: days(30),
        rearms: 3,
        ephemeral: { graceSeconds: 0, leaseSeconds: hours(24) },
        enforcement: {
          unlicensed: 'notify',
          'initial-grace': 'notify',
          'out-of-tolerance-grace': 'notify',
          'non-genuine-grace': 'notify',
          notification: 'notify',
          'extended-grace': 'notify',
        },
      },
    })
  })

  it('takes a value from the product, else its family, else the defaults, else the built-in ones', () => {
    const { families, products } = sampleCatalog()
    const graces = products.map(({ policy }) => policy.initialGraceSeconds / days(1))
    expect(graces).toEqual([30, 90, 30])
    expect(products.map(({ policy }) => policy.rearms)).toEqual([4, 5, 4])
    expect(families.map(({ windowSeconds }) => windowSeconds / days(1))).toEqual([30, 60, 30])
    expect(families.map(({ countBy, counts, serves }) => [countBy, counts, serves])).toEqual([
      ['anchor', 'physical', 'all'],
      ['anchor', 'physical', 'all'],
      ['machine', 'physical', 'physical'],
    ])
    const withoutOwn = changed(samplePlain, ['products', 1, 'initialGrace'], undefined)
    expect(sampleCatalog(withoutOwn).products[1]?.policy.initialGraceSeconds).toBe(days(60))
  })

  it('lays the keys of ephemeral and enforcement over each other one by one', () => {
    const { ephemeral, enforcement } = sampleCatalog().products[1]?.policy ?? {}
    expect(ephemeral).toEqual({ graceSeconds: hours(1), leaseSeconds: hours(12) })
    expect(enforcement).toMatchObject({ unlicensed: 'limit', notification: 'stop', 'initial-grace': 'notify' })
  })

  it('reads back what writeCatalog writes', () => {
    for (const plain of [samplePlain, changed(samplePlain, ['products', 0], { ...smallest, ...optionalTerms })]) {
      const catalog = sampleCatalog(plain)
      expect(parseCatalog(writeCatalog(catalog))).toEqual({ catalog })
    }
  })

  it('adds nothing to a policy for terms that have no built-in value, and takes them from the nearest place', () => {
    expect(Object.keys(sampleCatalog().products[0]?.policy ?? {})).not.toContain('evaluationSeconds')
    const general = changed(samplePlain, ['defaults'], optionalTerms)
    const { products } = sampleCatalog(changed(general, ['families', 1, 'extendedGrace'], 'none'))
    expect(products.map(({ policy }) => policy)).toMatchObject([
      { evaluationSeconds: days(90), extendedGraceSeconds: days(30), quietSeconds: days(25) },
      { evaluationSeconds: days(90), extendedGraceSeconds: 0, quietSeconds: days(25) },
      { rearmsAfterActivation: 1, applicationRearms: 2, productRearms: 3 },
    ])
  })

  it('gives all problems at once', () => {
    const plain = [
      [['vendor', 'id'], 'Example'],
      [['families', 0, 'threshold'], '25'],
      [['families', 1, 'application'], 'plattform'],
      [['products', 0, 'editoin'], 'Standard'],
      [['products', 0, 'edition'], undefined],
      [['products', 2, 'lease'], 180],
    ].reduce<unknown>((data, [path, value]) => changed(data, path as Path, value), samplePlain)
    expect(problems(plain)).toEqual([
      'vendor.id: must be lower-case letters, digits and single hyphens between them, at most 63 characters, but is "Example"',
      'families[0].threshold: must be a whole number from 0 to 100000, but is "25"',
      'products[0].editoin: is no key of this section: did you mean "edition"?',
      'products[0].edition: is missing: add it, such as Standard',
      'products[2].lease: must be a duration like 30d, 24h or 120min, but is 180: write 180d, 180h or 180min',
      'families[1].application: must be a slug that the catalog defines, but is "plattform": did you mean "platform"?',
    ])
  })

  it.each<[what: string, path: Path, value: unknown, message: string]>([
    [
      'nothing',
      [],
      null,
      ': must be a section with the keys format, vendor, applications, defaults, families, groups, products, but is empty',
    ],
    [
      'a list',
      [],
      [1],
      ': must be a section with the keys format, vendor, applications, defaults, families, groups, products, but is a list',
    ],
    ['a newer format', ['format'], 2, 'format: must be 1, the format that this version reads, but is 2'],
    [
      'no contact',
      ['vendor', 'contacts'],
      {},
      'vendor.contacts: is without a contact: customers need at least one of email, phone and url',
    ],
    [
      'contacts that are text',
      ['vendor', 'contacts'],
      'x@example.com',
      'vendor.contacts: must be a section with the keys email, phone, url, but is "x@example.com"',
    ],
    [
      'an e-mail address without domain',
      ['vendor', 'contacts', 'email'],
      'help',
      'vendor.contacts.email: must be an e-mail address, at most 254 characters, but is "help"',
    ],
    [
      'a telephone number without quotes',
      ['vendor', 'contacts', 'phone'],
      112,
      'vendor.contacts.phone: must be a telephone number in quotes, at most 254 characters, but is 112',
    ],
    [
      'a web address without scheme',
      ['vendor', 'contacts', 'url'],
      'example.com',
      'vendor.contacts.url: must be an address that begins with https://, at most 254 characters, but is "example.com"',
    ],
    ['a name that is a number', ['vendor', 'name'], 365, 'vendor.name: must be text, but is 365: put it in quotes'],
    ['a name that is a truth', ['vendor', 'name'], true, 'vendor.name: must be text, but is true: put it in quotes'],
    [
      'a name that is a section',
      ['vendor', 'name'],
      { first: 'x' },
      'vendor.name: must be text, but is a section of keys and values: write some text',
    ],
    ['an empty name', ['vendor', 'name'], '', 'vendor.name: must be text without spaces around it, but is ""'],
    [
      'a name with spaces around it',
      ['vendor', 'name'],
      ' x',
      'vendor.name: must be text without spaces around it, but is " x"',
    ],
    [
      'a name that turns around',
      ['vendor', 'name'],
      'a\u202eb',
      'vendor.name: has a character that cannot be printed in one line: remove it from "a\u202eb"',
    ],
    [
      'a long name',
      ['vendor', 'name'],
      'x'.repeat(101),
      `vendor.name: has 101 characters, at most 100 are allowed: shorten "${'x'.repeat(40)}…"`,
    ],
    ['no application', ['applications'], [], 'applications: must have at least 1 entry, but has none: add one'],
    [
      'features that are text',
      ['products', 0, 'features'],
      'a',
      'products[0].features: must be a list, each entry after a hyphen, but is "a"',
    ],
    [
      'too many features',
      ['products', 0, 'features'],
      Array<string>(65).fill('a'),
      'products[0].features: has 65 entries, at most 64 are allowed: remove some',
    ],
    [
      'no UUID',
      ['products', 0, 'activationId'],
      '1234',
      'products[0].activationId: must be a UUID such as uuidgen prints, at most 36 characters, but is "1234"',
    ],
    [
      'generation 0',
      ['products', 0, 'generation'],
      0,
      'products[0].generation: must be a whole number from 1 to 65535, but is 0',
    ],
    [
      'half a rearm',
      ['products', 0, 'rearms'],
      0.5,
      'products[0].rearms: must be a whole number from 0 to 1000, but is 0.5',
    ],
    [
      'group 1024',
      ['groups', 3, 'number'],
      1024,
      'groups[3].number: must be a whole number from 0 to 1023, but is 1024',
    ],
    [
      'an unknown channel',
      ['products', 0, 'channel'],
      'volum',
      'products[0].channel: must be volume, evaluation, retail or oem, but is "volum"',
    ],
    [
      'a channel that is a number',
      ['products', 0, 'channel'],
      1,
      'products[0].channel: must be volume, evaluation, retail or oem, but is 1',
    ],
    [
      'an unknown state',
      ['products', 1, 'enforcement', 'grace'],
      'stop',
      'products[1].enforcement.grace: is no key of this section: known are unlicensed, initial-grace, out-of-tolerance-grace, non-genuine-grace, notification, extended-grace',
    ],
    ['force in words', ['products', 0, 'force'], 'yes', 'products[0].force: must be true or false, but is "yes"'],
    [
      'an interval of 14 minutes',
      ['products', 0, 'activationInterval'],
      '14min',
      'products[0].activationInterval: must be from 15min to 30d, but is "14min"',
    ],
    [
      'an interval of 43 201 minutes',
      ['products', 0, 'activationInterval'],
      '43201min',
      'products[0].activationInterval: must be from 15min to 30d, but is "43201min"',
    ],
    ['a lease of none', ['products', 0, 'lease'], 'none', 'products[0].lease: must be from 1h to 3650d, but is "none"'],
    [
      'a grace in weeks',
      ['products', 0, 'initialGrace'],
      '4w',
      'products[0].initialGrace: must be a duration like 30d, 24h or 120min, or none, but is "4w"',
    ],
    [
      'a window of 90 minutes',
      ['families', 0, 'window'],
      '90min',
      'families[0].window: must be a multiple of 1h, but is "90min"',
    ],
    [
      'an ephemeral lease of 31 days',
      ['defaults', 'ephemeral', 'lease'],
      '31d',
      'defaults.ephemeral.lease: must be from 1h to 30d, but is "31d"',
    ],
    [
      'a threshold among the defaults',
      ['defaults', 'threshold'],
      5,
      'defaults.threshold: is no key of this section: known are countBy, counts, serves, window, lease, activationInterval, renewalInterval, force, initialGrace, outOfToleranceGrace, nonGenuineGrace, rearms …',
    ],
    [
      'a key of the prototype',
      ['vendor', 'constructor'],
      1,
      'vendor.constructor: is no key of this section: known are id, name, contacts',
    ],
  ])('refuses %s', (_, path, value, message) => {
    expect(problemsWith(path, value)).toEqual([message])
  })

  it.each<[what: string, path: Path, value: unknown, message: string]>([
    [
      'an activation ID',
      ['products', 2, 'activationId'],
      '387f2bf7-e4c3-4a6c-a0d2-1fa17468da78',
      'products[2].activationId: must be its own, but "387f2bf7-e4c3-4a6c-a0d2-1fa17468da78" is that of products[0], too',
    ],
    [
      'an application ID',
      ['applications', 1, 'id'],
      '0C1B7C4E-52f6-4d3e-9d0e-6f8a86f2a4b1',
      'applications[1].id: must be its own, but "0c1b7c4e-52f6-4d3e-9d0e-6f8a86f2a4b1" is that of applications[0], too',
    ],
    [
      'a slug',
      ['products', 2, 'slug'],
      'server-2',
      'products[2].slug: must be its own, but "server-2" is that of products[1], too',
    ],
  ])('refuses %s given twice', (_, path, value, message) => {
    expect(problemsWith(path, value)).toEqual([message])
  })

  it('refuses a group number given twice', () => {
    expect(problemsWith(['groups', 3, 'number'], 21)).toEqual([
      'groups[3].number: must be its own, but 21 is that of groups[2], too',
      'products[2].setupKey: must be a key of group 21 ("suite"), but is one of group 30',
    ])
  })

  it('refuses a setup key given twice, without repeating it', () => {
    const key = 'GTGWQ-Y7XGV-RXHPR-3BFGB-GFGRX'
    const found = problemsWith(['products', 0, 'setupKey'], key)
    expect(found).toEqual([
      'products[2].setupKey: must be its own, but a product key is that of products[0], too',
      'products[0].setupKey: must be a key of group 10 ("client"), but is one of group 30',
    ])
  })

  it.each<[what: string, path: Path, value: unknown, message: string]>([
    [
      'a family',
      ['products', 0, 'family'],
      'phone',
      'products[0].family: must be a slug that the catalog defines, but is "phone": known are desktop, server, suite',
    ],
    [
      'a required product',
      ['products', 0, 'requires'],
      'suite2',
      'products[0].requires: must be a slug that the catalog defines, but is "suite2": did you mean "suite-2"?',
    ],
    [
      'an included group',
      ['groups', 3, 'includes'],
      ['clients'],
      'groups[3].includes[0]: must be a slug that the catalog defines, but is "clients": did you mean "client"?',
    ],
  ])('refuses %s that nothing defines', (_, path, value, message) => {
    expect(problemsWith(path, value)).toEqual([message])
  })

  it('says once that a list is missing, and not again for every name that leads into it', () => {
    expect(problemsWith(['families'], undefined)).toEqual([
      'families: is missing: add it, a list with at least one entry',
    ])
    expect(problemsWith(['groups'], 'x')).toEqual(['groups: must be a list, each entry after a hyphen, but is "x"'])
  })

  it('names nothing as known where nothing could be read', () => {
    expect(problemsWith(['applications', 0, 'slug'], '-').slice(1)).toEqual([
      'families[0].application: must be a slug that the catalog defines, but is "platform": known are suite',
      'families[1].application: must be a slug that the catalog defines, but is "platform": known are suite',
    ])
    const withoutAny = changed(changed(samplePlain, ['applications'], [1]), ['families', 0, 'slug'], undefined)
    expect(problems(withoutAny)).toContain(
      'families[2].application: must be a slug that the catalog defines, but is "suite": none is defined',
    )
  })

  it('refuses groups that include and products that require themselves', () => {
    expect(problemsWith(['groups', 0, 'includes'], ['server-b'])).toEqual([
      'groups[0].includes: leads back to itself (client → server-b → server-a → client): take one of these out',
    ])
    expect(problemsWith(['products', 0, 'requires'], 'desktop-1')).toEqual([
      'products[0].requires: leads back to itself (desktop-1 → desktop-1): take one of these out',
    ])
  })

  it('refuses a setup key of another group', () => {
    expect(problemsWith(['groups', 0, 'number'], 11)).toEqual([
      'products[0].setupKey: must be a key of group 11 ("client"), but is one of group 10',
    ])
  })

  it('refuses what is no setup key, and never repeats it', () => {
    const host = 'BBDRF-BPFD7-TX3XX-JVGD6-DPW4Q'
    const mak = 'M3K6R-RMYC8-RX8PH-4C4M7-FQX44'
    const found = [host, mak, `${host.slice(0, -1)}R`, 25].flatMap((value) =>
      problemsWith(['products', 0, 'setupKey'], value),
    )
    expect(found).toEqual([
      'products[0].setupKey: must be a setup key, but the one with serial 7 is a host key, a secret that anyone who reads the catalog now has: block it and issue another',
      'products[0].setupKey: must be a setup key, but the one with serial 8 is a MAK key',
      'products[0].setupKey: must be a setup key: this is not a product key: the check characters do not fit: one character is mistyped or two are swapped',
      'products[0].setupKey: must be a setup key of 25 characters in five groups',
    ])
    expect(problemsWith(['products', 0, 'slug'], host).join()).not.toContain(host)
  })
})

describe('renewal × 3 ≤ window', () => {
  const rare = (every: string, window: string, most: string): string =>
    `a renewalInterval of ${every} goes less than 3 times into a window of ${window}, so that machines drop out of ` +
    `the count: renew at least every ${most}, lengthen the window, or write "force: true"`

  it('holds for the product whose renewal is its own', () => {
    expect(problemsWith(['products', 1, 'renewalInterval'], '28801min')).toEqual([
      `products[1].renewalInterval: ${rare('28801min', '60d', '20d')}`,
    ])
    expect(problemsWith(['products', 1, 'renewalInterval'], '28800min')).toEqual([])
  })

  it('is reported where the vendor wrote it, once for all products', () => {
    expect(problemsWith(['defaults', 'renewalInterval'], '11d')).toEqual([
      `defaults.renewalInterval: ${rare('11d', '30d', '10d')}`,
    ])
  })

  it('is reported at the window when only the window was written', () => {
    expect(problemsWith(['families', 0, 'window'], '20d')).toEqual([`families[0].window: ${rare('7d', '20d', '160h')}`])
    expect(problems(changed(samplePlain, ['defaults'], { window: '20d' })).slice(0, 1)).toEqual([
      `defaults.window: ${rare('7d', '20d', '160h')}`,
    ])
  })

  it('may be forced, and the nearest word counts', () => {
    const narrow = changed(samplePlain, ['families', 0, 'window'], '20d')
    const forced = changed(narrow, ['families', 0, 'force'], true)
    expect(problems(forced)).toEqual([])
    expect(sampleCatalog(forced).products[0]?.policy.force).toBe(true)
    expect(problems(changed(forced, ['products', 0, 'force'], false))).toHaveLength(1)
  })
})

describe('any input', () => {
  const anything = fc.anything({ withBigInt: true, withNullPrototype: true, withObjectString: true })

  it('gives a catalog or problems, never an exception', () => {
    fc.assert(fc.property(anything, (value) => 'problems' in parseCatalog(value)))
  })

  it('gives problems for anything in the place of anything', () => {
    const paths: Path[] = placesIn(samplePlain)
    fc.assert(
      fc.property(fc.constantFrom(...paths), anything, (path, value) => {
        for (const { message } of problemsAt(changed(samplePlain, path, value))) expect(message).toMatch(/^\w/)
      }),
    )
  })
})

function problemsAt(plain: unknown): readonly { readonly message: string }[] {
  const parsed = parseCatalog(plain)
  return 'problems' in parsed ? parsed.problems : []
}

function placesIn(data: unknown, path: Path = []): Path[] {
  if (typeof data !== 'object' || data === null) return [path]
  const inner = Object.entries(data).flatMap(([key, value]) =>
    placesIn(value, [...path, Array.isArray(data) ? Number(key) : key]),
  )
  return [path, ...inner]
}
