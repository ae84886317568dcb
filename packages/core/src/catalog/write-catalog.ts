import { present } from '../document/present.ts'
import type { Duration } from '../time.ts'
import type { Catalog, Family, Product, ProductPolicy } from './catalog.ts'
import { formatDuration } from './duration.ts'

/** Writes a catalog as plain data that `parseCatalog` reads back, with every policy written out at its product. */
export function writeCatalog({ format, vendor, applications, families, groups, products }: Catalog): unknown {
  return {
    format,
    vendor,
    applications,
    families: families.map(writeFamily),
    groups,
    products: products.map(writeProduct),
  }
}

function writeFamily({ windowSeconds, ...family }: Family): object {
  return { ...family, window: formatDuration(windowSeconds) }
}

function writeProduct({ policy, ...product }: Product): object {
  return { ...product, ...writePolicy(policy) }
}

function writePolicy(policy: ProductPolicy): object {
  const { force, rearms, ephemeral, enforcement } = policy
  return {
    lease: formatDuration(policy.leaseSeconds),
    activationInterval: formatDuration(policy.activationIntervalSeconds),
    renewalInterval: formatDuration(policy.renewalIntervalSeconds),
    force,
    initialGrace: formatDuration(policy.initialGraceSeconds),
    outOfToleranceGrace: formatDuration(policy.outOfToleranceGraceSeconds),
    nonGenuineGrace: formatDuration(policy.nonGenuineGraceSeconds),
    rearms,
    ephemeral: { grace: formatDuration(ephemeral.graceSeconds), lease: formatDuration(ephemeral.leaseSeconds) },
    enforcement,
    ...writeOptionalTerms(policy),
  }
}

/** What a catalog leaves out stays out, so that it reads the same in a version that does not know the key. */
function writeOptionalTerms(policy: ProductPolicy): object {
  const { rearmsAfterActivation, applicationRearms, productRearms } = policy
  return present({
    evaluation: formatOptional(policy.evaluationSeconds),
    extendedGrace: formatOptional(policy.extendedGraceSeconds),
    quiet: formatOptional(policy.quietSeconds),
    rearmsAfterActivation,
    applicationRearms,
    productRearms,
  })
}

function formatOptional(seconds: Duration | undefined): string | undefined {
  return seconds === undefined ? undefined : formatDuration(seconds)
}
