import { applyEvent } from './activation/license.ts'
import { removePending } from './folder/pending-request.ts'
import { changeStore } from './folder/store.ts'
import type { Installation } from './installation.ts'
import type { SoldProduct } from './vendors/vendor.ts'

/** A product whose key is gone, and with it its license. */
export interface RemovedProduct {
  readonly activationId: string
  readonly product: string
  readonly name: string
}

/**
 * Removes the key of a product, and with it the lease: the product is unlicensed. What is remembered of its grace stays, so that
 * the same key brings no new one. No host is told: `release` does that, before.
 */
export function removeKey(installation: Installation, sold: SoldProduct): RemovedProduct {
  const { activationId, slug, name } = sold.product
  changeStore(installation, ({ settings, memory }) => ({
    settings: { ...settings, keys: settings.keys.filter(({ product }) => product !== activationId) },
    memory: applyEvent({ kind: 'key-removed' }, sold, undefined, memory, installation.now()),
  }))
  installation.leases.remove(sold)
  removePending(installation.files, activationId)
  return { activationId, product: slug, name }
}
