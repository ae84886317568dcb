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
  }
}
