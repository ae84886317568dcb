/**
 * The catalog inside a pack. Maps have integer keys, listed in the tables below; times are whole minutes, UUIDs 16 bytes,
 * everything else is as in YAML. Every policy is written out in full, so that what a host obeys does not depend on the
 * built-in values of its version.
 *
 * | map         | keys                                                                                        |
 * |-------------|---------------------------------------------------------------------------------------------|
 * | catalog     | 1 format · 2 vendor · 3 applications · 4 families · 5 groups · 6 products                    |
 * | vendor      | 1 id · 2 name · 3 contacts                                                                  |
 * | contacts    | 1 email? · 2 phone? · 3 url?                                                                |
 * | application | 1 id · 2 slug · 3 name                                                                      |
 * | family      | 1 slug · 2 name · 3 application · 4 threshold · 5 countBy · 6 counts · 7 serves · 8 window   |
 * | group       | 1 slug · 2 name · 3 number · 4 includes                                                     |
 * | product     | 1 activationId · 2 slug · 3 name · 4 edition · 5 family · 6 group · 7 generation · 8 channel |
 * |             | 9 setupKey · 10 features · 11 requires? · 12 policy                                         |
 * | policy      | 1 lease · 2 activationInterval · 3 renewalInterval · 4 force · 5 initialGrace               |
 * |             | 6 outOfToleranceGrace · 7 nonGenuineGrace · 8 rearms · 9 ephemeral · 10 enforcement          |
 * |             | −1 evaluation? · −2 extendedGrace? · −3 quiet? · −4 rearmsAfterActivation?                  |
 * |             | −5 applicationRearms? · −6 productRearms?                                                   |
 * | ephemeral   | 1 grace · 2 lease                                                                           |
 * | enforcement | number of the license state: 0 unlicensed · 2 initial-grace · 3 out-of-tolerance-grace      |
 * |             | 4 non-genuine-grace · 5 notification · 6 extended-grace                                     |
 */
import type { CborValue } from '../cbor/value.ts'
import { ActivationError } from '../errors/activation-error.ts'
import type { Enforcement } from '../licensing/license-policy.ts'
import type { Catalog, EphemeralRule, Family, KeyGroup, Product, ProductPolicy, Vendor } from './catalog.ts'
import type { Application, Contacts } from './catalog.ts'
import { arrayOf, bool, type Codec, mapOf, text, time, uint, unchecked, uuid } from './codec.ts'
import { formatPath } from './entry.ts'
import { parseCatalog } from './parse-catalog.ts'
import { writeCatalog } from './write-catalog.ts'

const contacts: Codec<Contacts> = mapOf<Contacts>({
  email: [1, text, 'optional'],
  phone: [2, text, 'optional'],
  url: [3, text, 'optional'],
})

const vendor: Codec<Vendor> = mapOf<Vendor>({ id: [1, text], name: [2, text], contacts: [3, contacts] })

const application: Codec<Application> = mapOf<Application>({ id: [1, uuid], slug: [2, text], name: [3, text] })

const family: Codec<Family> = mapOf<Family>({
  slug: [1, text],
  name: [2, text],
  application: [3, text],
  threshold: [4, uint],
  countBy: [5, unchecked(text)],
  counts: [6, unchecked(text)],
  serves: [7, unchecked(text)],
  windowSeconds: [8, time],
})

const group: Codec<KeyGroup> = mapOf<KeyGroup>({
  slug: [1, text],
  name: [2, text],
  number: [3, uint],
  includes: [4, arrayOf(text)],
})

const ephemeral: Codec<EphemeralRule> = mapOf<EphemeralRule>({ graceSeconds: [1, time], leaseSeconds: [2, time] })

const enforcementWord: Codec<Enforcement> = unchecked(text)
const enforcement: Codec<ProductPolicy['enforcement']> = mapOf<ProductPolicy['enforcement']>({
  unlicensed: [0, enforcementWord],
  'initial-grace': [2, enforcementWord],
  'out-of-tolerance-grace': [3, enforcementWord],
  'non-genuine-grace': [4, enforcementWord],
  notification: [5, enforcementWord],
  'extended-grace': [6, enforcementWord],
})

const policy: Codec<ProductPolicy> = mapOf<ProductPolicy>({
  leaseSeconds: [1, time],
  activationIntervalSeconds: [2, time],
  renewalIntervalSeconds: [3, time],
  force: [4, bool],
  initialGraceSeconds: [5, time],
  outOfToleranceGraceSeconds: [6, time],
  nonGenuineGraceSeconds: [7, time],
  rearms: [8, uint],
  ephemeral: [9, ephemeral],
  enforcement: [10, enforcement],
  // Below 0, so that a host of an older version takes the pack and does without (protocol.md §1.2).
  evaluationSeconds: [-1, time, 'optional'],
  extendedGraceSeconds: [-2, time, 'optional'],
  quietSeconds: [-3, time, 'optional'],
  rearmsAfterActivation: [-4, uint, 'optional'],
  applicationRearms: [-5, uint, 'optional'],
  productRearms: [-6, uint, 'optional'],
})

const product: Codec<Product> = mapOf<Product>({
  activationId: [1, uuid],
  slug: [2, text],
  name: [3, text],
  edition: [4, text],
  family: [5, text],
  group: [6, text],
  generation: [7, uint],
  channel: [8, unchecked(text)],
  setupKey: [9, text],
  features: [10, arrayOf(text)],
  requires: [11, text, 'optional'],
  policy: [12, policy],
})

const catalogCodec: Codec<Catalog> = mapOf<Catalog>({
  format: [1, unchecked(uint)],
  vendor: [2, vendor],
  applications: [3, arrayOf(application)],
  families: [4, arrayOf(family)],
  groups: [5, arrayOf(group)],
  products: [6, arrayOf(product)],
})

/** Writes a catalog as a pack holds it. */
export function catalogToCbor(catalog: Catalog): CborValue {
  return catalogCodec.toCbor(catalog)
}

/**
 * Reads the catalog of a pack, by the same rules as `parseCatalog`: what has another shape is `MALFORMED` or
 * `UNKNOWN_CRITICAL`, what breaks a rule is `CATALOG_INVALID` with the problems in its data.
 */
export function catalogFromCbor(value: CborValue): Catalog {
  const parsed = parseCatalog(writeCatalog(catalogCodec.fromCbor(value, 'catalog')))
  if ('catalog' in parsed) return parsed.catalog
  const lines = parsed.problems.map(({ path, message }) => `${formatPath(path)} ${message}`)
  throw new ActivationError('CATALOG_INVALID', `the catalog breaks its rules: ${lines.join('; ')}`, { data: parsed })
}
