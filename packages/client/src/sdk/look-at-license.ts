import { ActivationError } from '@volact/core/errors/activation-error'
import { type Enforcement, enforcements } from '@volact/core/licensing/license-policy'
import { silent } from '../folder/kept-file.ts'
import { readStore } from '../folder/store.ts'
import type { Installation } from '../installation.ts'
import { installedProducts } from '../installed-products.ts'
import { clientStatus } from '../status.ts'
import { findSold } from '../vendors/vendor.ts'
import { type License, licenseOf } from './license.ts'
import { installedEdition } from './own-product.ts'

/** Looks where a product stands: the one that is named, or the first. One that is not installed is unlicensed, and no error. */
export function lookAtLicense(
  installation: Installation,
  notes: readonly string[],
  reference: string | undefined,
): License {
  const named = reference ?? ownReference(installation)
  try {
    const status = clientStatus(installation, notes, named)
    if (status.product === undefined) return withoutKey(status, installation, undefined)
    const sold = findSold(installation.vendors, status.product.activationId, status.vendor?.id)
    return licenseOf(status, sold?.product.features ?? [])
  } catch (error) {
    if (!(error instanceof ActivationError) || error.code !== 'NO_PRODUCT_KEY') throw error
    const { machineId, test, notes: found } = clientStatus(installation, notes, undefined)
    return withoutKey({ machineId, test, notes: found }, installation, named)
  }
}

function ownReference(installation: Installation): string | undefined {
  const { own, vendors } = installation
  if (own === undefined) return undefined
  return installedEdition(own, installedProducts(vendors, readStore(installation, silent).settings, silent))
}

/** The strictest policy of all that may be meant: who removes a key does not get away with less than who never had one. */
function withoutKey(
  { machineId, test, notes }: Pick<License, 'machineId' | 'test' | 'notes'>,
  { vendors }: Installation,
  reference: string | undefined,
): License {
  const meant = reference === undefined ? undefined : findSold(vendors, reference)?.product
  const policies = meant === undefined ? vendors.flatMap(({ catalog }) => catalog.products) : [meant]
  const named = meant === undefined ? {} : { product: meant.slug, edition: meant.edition }
  return {
    licensed: false,
    ...{ state: 'unlicensed', number: 0, reason: 'NO_PRODUCT_KEY' },
    ...named,
    features: [],
    enforcement: strictest(policies.map(({ policy }) => policy.enforcement.unlicensed)),
    ...{ machineId, test, notes },
    message: `${meant?.name ?? 'This product'} has no product key: install its setup key.`,
  }
}

function strictest(all: readonly Enforcement[]): Enforcement {
  return enforcements.findLast((enforcement) => all.includes(enforcement)) ?? 'notify'
}
