import { describe, expect, it } from 'vitest'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { isCborArray, isCborMap } from '../cbor/value.ts'
import type { CborMap, CborValue } from '../cbor/value.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { licenseStates } from '../licensing/license-state.ts'
import { catalogFromCbor, catalogToCbor } from './catalog-cbor.ts'
import { changed, sampleCatalog, samplePlain } from './catalog.fixture.ts'

/** The encoded sample with one value replaced or, for `undefined`, taken out. */
function altered(path: readonly number[], value: CborValue | undefined, from: CborValue = sample()): CborValue {
  const [step, ...rest] = path
  if (step === undefined) return value ?? null
  if (Array.isArray(from)) return (from as CborValue[]).with(step, altered(rest, value, (from as CborValue[])[step]))
  const map = new Map(from as CborMap)
  if (rest.length === 0 && value === undefined) map.delete(step)
  else map.set(step, altered(rest, value, map.get(step)))
  return map
}

function sample(): CborValue {
  return catalogToCbor(sampleCatalog())
}

function failure(value: CborValue): unknown {
  try {
    return catalogFromCbor(value)
  } catch (error) {
    return error
  }
}

const samples: readonly CborValue[] = [
  -1,
  7,
  'text',
  true,
  null,
  [],
  new Map(),
  new Uint8Array(3),
  { tag: 1, value: 0 },
]

/** The value with each of its parts, at any depth, replaced by values of every type. */
function everywhere(value: CborValue): readonly CborValue[] {
  if (isCborMap(value)) {
    const parts = [...value].flatMap(([key, part]) => everywhere(part).map((other) => new Map(value).set(key, other)))
    return [...samples, ...parts]
  }
  if (!isCborArray(value)) return samples
  return [...samples, ...value.flatMap((part, at) => everywhere(part).map((other) => value.with(at, other)))]
}

describe('catalogToCbor and catalogFromCbor', () => {
  it.each([
    ['the sample', samplePlain],
    [
      'the terms that have no built-in value',
      changed(samplePlain, ['defaults'], {
        ...{ evaluation: '90d', extendedGrace: 'none', quiet: '25d' },
        ...{ rearmsAfterActivation: 1, applicationRearms: 0, productRearms: 3 },
      }),
    ],
    ['one contact only', changed(samplePlain, ['vendor', 'contacts'], { url: 'http://example.com' })],
    [
      'a forced renewal',
      changed(changed(samplePlain, ['defaults', 'renewalInterval'], '30d'), ['defaults', 'force'], true),
    ],
  ])('are each other’s reverse, through bytes, for %s', (_, plain) => {
    const catalog = sampleCatalog(changed(plain, ['products', 1, 'force'], undefined))
    const bytes = encodeCbor(catalogToCbor(catalog))
    expect(catalogFromCbor(decodeCbor(bytes))).toEqual(catalog)
    expect(encodeCbor(catalogToCbor(catalogFromCbor(decodeCbor(bytes))))).toEqual(bytes)
  })

  it('write times in minutes, UUIDs in 16 bytes and enforcement by the number of the state', () => {
    const product = ((sample() as CborMap).get(6) as readonly CborMap[])[1]
    const policy = product?.get(12) as CborMap
    expect(product?.get(1)).toHaveLength(16)
    expect([1, 2, 3, 5, 6, 7].map((key) => policy.get(key))).toEqual([129_600, 15, 28_800, 129_600, 0, 2_160])
    expect(policy.get(9)).toEqual(new Map([1, 2].map((key) => [key, [60, 720][key - 1]])))
    const numbers = Object.values(licenseStates).map(({ number }) => number)
    expect([...(policy.get(10) as CborMap).keys(), licenseStates.licensed.number].toSorted()).toEqual(
      numbers.toSorted(),
    )
  })

  it('write terms without a built-in value only where they are given, under keys that an older version may ignore', () => {
    const policyOf = (value: CborValue): CborMap => {
      const [product] = (value as CborMap).get(6) as readonly CborMap[]
      return product?.get(12) as CborMap
    }
    expect([...policyOf(sample()).keys()].every((key) => Number(key) > 0)).toBe(true)
    const terms = { evaluation: '90d', extendedGrace: '30d', quiet: '25d' }
    const rearms = { rearmsAfterActivation: 1, applicationRearms: 2, productRearms: 3 }
    const given = policyOf(catalogToCbor(sampleCatalog(changed(samplePlain, ['defaults'], { ...terms, ...rearms }))))
    expect([-1, -2, -3, -4, -5, -6].map((key) => given.get(key))).toEqual([129_600, 43_200, 36_000, 1, 2, 3])
  })

  it('ignore a negative key of a newer version and refuse an unknown one that must be understood', () => {
    expect(catalogFromCbor(altered([6, 0, -1], 'new'))).toEqual(sampleCatalog())
    expect(failure(altered([6, 0, 99], 'new'))).toMatchObject({ code: 'UNKNOWN_CRITICAL' })
  })

  it.each<[what: string, path: readonly number[], value: CborValue | undefined]>([
    ['no map', [], 7],
    ['a product without a policy', [6, 0, 12], undefined],
    ['a policy without a lease', [6, 0, 12, 1], undefined],
    ['a time that is text', [6, 0, 12, 1], '180d'],
    ['a UUID of 15 bytes', [6, 0, 1], new Uint8Array(15)],
    ['products that are a map', [6], new Map()],
    ['force as a number', [6, 0, 12, 4], 1],
    ['a name without end', [6, 0, 3], 'x'.repeat(255)],
  ])('refuse %s as malformed', (_, path, value) => {
    expect(failure(altered(path, value))).toMatchObject({ code: 'MALFORMED' })
  })

  it('refuse anything else in any place with one coded error, or read it', () => {
    for (const other of everywhere(sample())) {
      const read = failure(other)
      if (read instanceof Error) expect(read).toBeInstanceOf(ActivationError)
    }
  })

  it.each<[what: string, path: readonly number[], value: CborValue, message: string]>([
    [
      'a lease of a minute',
      [6, 0, 12, 1],
      1,
      'the catalog breaks its rules: products[0].lease must be from 1h to 3650d, but is "1min"',
    ],
    [
      'a time without end',
      [6, 0, 12, 1],
      Number.MAX_SAFE_INTEGER,
      'the catalog breaks its rules: products[0].lease must be a duration',
    ],
    [
      'an unknown word',
      [4, 0, 5],
      'name',
      'the catalog breaks its rules: families[0].countBy must be anchor or machine, but is "name"',
    ],
    ['a newer format', [1], 2, 'the catalog breaks its rules: format must be 1'],
    ['an unknown group', [6, 0, 6], 'x', 'the catalog breaks its rules: products[0].group must be a slug'],
  ])('refuse %s by the rules of parseCatalog', (_, path, value, message) => {
    const error = failure(altered(path, value))
    expect(error).toMatchObject({ code: 'CATALOG_INVALID', data: { problems: [expect.anything()] } })
    expect((error as Error).message).toContain(message)
  })
})
