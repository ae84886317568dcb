import { present } from '../document/present.ts'
import { defaults as builtIn } from '../licensing/defaults.ts'
import type { Catalog, Family, Product, ProductPolicy } from './catalog.ts'
import type { CountTerms, PolicyTerms, WrittenCatalog, WrittenFamily, WrittenProduct } from './written-catalog.ts'

/** What holds where neither product nor family nor the catalog's defaults say otherwise. */
const builtInPolicy: ProductPolicy = {
  leaseSeconds: builtIn.leaseSeconds,
  activationIntervalSeconds: builtIn.activationIntervalSeconds,
  renewalIntervalSeconds: builtIn.renewalIntervalSeconds,
  force: false,
  initialGraceSeconds: builtIn.initialGraceSeconds,
  outOfToleranceGraceSeconds: builtIn.outOfToleranceGraceSeconds,
  nonGenuineGraceSeconds: builtIn.nonGenuineGraceSeconds,
  rearms: builtIn.rearms,
  ephemeral: { graceSeconds: 0, leaseSeconds: builtIn.ephemeralLeaseSeconds },
  enforcement: {
    unlicensed: 'notify',
    'initial-grace': 'notify',
    'out-of-tolerance-grace': 'notify',
    'non-genuine-grace': 'notify',
    notification: 'notify',
    'extended-grace': 'notify',
  },
}

/** Makes every value explicit: the product's own, else its family's, else the defaults', else the built-in one. */
export function resolveCatalog(written: WrittenCatalog): Catalog {
  const { format, vendor, applications, defaults = {}, families, groups, products } = written
  return {
    format,
    vendor,
    applications,
    families: families.map((family) => resolveFamily(family, defaults)),
    groups: groups.map((group) => ({ ...group, includes: group.includes ?? [] })),
    products: products.map((product) => resolveProduct(product, [defaults, ...familyOf(product, families)])),
  }
}

/** Lays terms over a policy; what they leave out stays. */
function layTerms(policy: ProductPolicy, terms: PolicyTerms): ProductPolicy {
  return {
    leaseSeconds: terms.leaseSeconds ?? policy.leaseSeconds,
    activationIntervalSeconds: terms.activationIntervalSeconds ?? policy.activationIntervalSeconds,
    renewalIntervalSeconds: terms.renewalIntervalSeconds ?? policy.renewalIntervalSeconds,
    force: terms.force ?? policy.force,
    initialGraceSeconds: terms.initialGraceSeconds ?? policy.initialGraceSeconds,
    outOfToleranceGraceSeconds: terms.outOfToleranceGraceSeconds ?? policy.outOfToleranceGraceSeconds,
    nonGenuineGraceSeconds: terms.nonGenuineGraceSeconds ?? policy.nonGenuineGraceSeconds,
    rearms: terms.rearms ?? policy.rearms,
    ephemeral: { ...policy.ephemeral, ...terms.ephemeral },
    enforcement: { ...policy.enforcement, ...terms.enforcement },
    ...layOptionalTerms(policy, terms),
  }
}

/** Terms without a built-in value. */
function layOptionalTerms(policy: ProductPolicy, terms: PolicyTerms): Partial<ProductPolicy> {
  return present({
    evaluationSeconds: terms.evaluationSeconds ?? policy.evaluationSeconds,
    extendedGraceSeconds: terms.extendedGraceSeconds ?? policy.extendedGraceSeconds,
    quietSeconds: terms.quietSeconds ?? policy.quietSeconds,
    rearmsAfterActivation: terms.rearmsAfterActivation ?? policy.rearmsAfterActivation,
    applicationRearms: terms.applicationRearms ?? policy.applicationRearms,
    productRearms: terms.productRearms ?? policy.productRearms,
  })
}

function resolveFamily(written: WrittenFamily, defaults: CountTerms): Family {
  const { slug, name, application, threshold } = written
  return {
    slug,
    name,
    application,
    threshold,
    countBy: written.countBy ?? defaults.countBy ?? 'anchor',
    counts: written.counts ?? defaults.counts ?? 'all',
    serves: written.serves ?? defaults.serves ?? 'all',
    windowSeconds: written.windowSeconds ?? defaults.windowSeconds ?? builtIn.windowSeconds,
  }
}

function resolveProduct(written: WrittenProduct, terms: readonly PolicyTerms[]): Product {
  const { activationId, slug, name, edition, family, group, generation, setupKey, requires } = written
  return {
    activationId,
    slug,
    name,
    edition,
    family,
    group,
    generation,
    channel: written.channel ?? 'volume',
    setupKey,
    features: written.features ?? [],
    ...(requires === undefined ? {} : { requires }),
    policy: [...terms, written].reduce<ProductPolicy>(layTerms, builtInPolicy),
  }
}

function familyOf(product: WrittenProduct, families: readonly WrittenFamily[]): readonly WrittenFamily[] {
  return families.filter(({ slug }) => slug === product.family)
}
