import { expectKind } from '@volact/core/product-key/expect-kind'
import { parseProductKey } from '@volact/core/product-key/parse-product-key'
import { lastFive, type ProductKey } from '@volact/core/product-key/product-key'
import { ActivationError } from '@volact/core/errors/activation-error'
import { applyEvent, keyOf, recordOf } from './activation/license.ts'
import { silent } from './folder/kept-file.ts'
import { withLicense } from './folder/license-memory.ts'
import type { InstalledKey } from './folder/settings.ts'
import { changeStore, type Store } from './folder/store.ts'
import { without } from './folder/without.ts'
import type { Installation } from './installation.ts'
import { installedProducts } from './installed-products.ts'
import { begin } from './keep-memory.ts'
import { findSold, type SoldProduct, type Vendor } from './vendors/vendor.ts'

/** The product that a setup key has selected. */
export interface InstalledProduct {
  readonly activationId: string
  /** Its slug, by which commands name it. */
  readonly product: string
  readonly name: string
  readonly edition: string
  readonly vendor: string
  /** Whether the key was there already, is new, or stands in the place of one of another edition. */
  readonly change: 'installed' | 'unchanged' | 'edition-changed'
  /** The edition that was installed before; its license is gone. */
  readonly replaced?: { readonly product: string; readonly edition: string }
}

/**
 * Installs a setup key, by comparison with the policies of the vendors (rule 52), and begins the initial grace of its product, once.
 * The key of another edition of what is installed takes its place. `KEY_INVALID` for a key that no vendor here has, and for a MAK;
 * `HOST_KEY_ON_CLIENT` for a host key, `FILE_MISSING` without a vendor.
 */
export function installKey(installation: Installation, text: string): InstalledProduct {
  const sold = select(installation.vendors, setupKey(text))
  let before: SoldProduct | undefined
  changeStore(installation, (store) => {
    before = installedProducts(installation.vendors, store.settings, silent).find((other) => isSameThing(other, sold))
    if (before?.product === sold.product) return store
    return keep(installation, before === undefined ? store : replaced(installation, store, before, sold), sold)
  })
  const { activationId, slug, name, edition } = sold.product
  const installed = { activationId, product: slug, name, edition, vendor: sold.vendor.catalog.vendor.id }
  if (before === undefined) return { ...installed, change: 'installed' }
  if (before.product === sold.product) return { ...installed, change: 'unchanged' }
  // Last: a lease without its key is never looked at, and a key without its lease would be a license lost.
  installation.leases.remove(before)
  const { product } = before
  return { ...installed, change: 'edition-changed', replaced: { product: product.slug, edition: product.edition } }
}

function setupKey(text: string): ProductKey {
  const key = parseProductKey(text)
  if (key.kind !== 'MAK') return expectKind(key, 'setup')
  const message =
    `the key ending in ${lastFive(key)} is a MAK, which activates one machine at a time with its vendor, and not yet in this ` +
    'version: install the public setup key of the product, and activate it with a host'
  throw new ActivationError('KEY_INVALID', message)
}

function select(vendors: readonly Vendor[], key: ProductKey): SoldProduct {
  if (vendors.length === 0) {
    throw new ActivationError('FILE_MISSING', 'no vendor is known here: run "volact client vendor add FILE" first')
  }
  const sold = findSold(vendors, key.reveal())
  if (sold !== undefined) return sold
  const known = vendors.map(({ catalog }) => catalog.vendor.name).join(', ')
  const message =
    `the key ending in ${lastFive(key)} is well formed, but no product of ${known} has it: ` +
    'take the key of exactly this product, or a newer pack'
  throw new ActivationError('KEY_INVALID', message)
}

/** Entries of a catalog with one name in one family are editions of one thing, of which a machine has one. */
export function isSameThing(a: SoldProduct, b: SoldProduct): boolean {
  const isOne = a.product.name === b.product.name && a.product.family === b.product.family
  return isOne && a.vendor.catalog.vendor.id === b.vendor.catalog.vendor.id
}

/**
 * What was activated was something else. Its grace goes on in the other edition, or a change there and back would bring a new one
 * (rule 37); but the time of an evaluation is none of the full product's.
 */
function replaced(
  { now }: Installation,
  { settings, memory }: Store,
  before: SoldProduct,
  { vendor, product: { activationId, channel } }: SoldProduct,
): Store {
  const keys = settings.keys.filter(({ product }) => product !== before.product.activationId)
  const old = recordOf(before, undefined, memory, now())
  const removed = applyEvent({ kind: 'key-removed' }, before, undefined, memory, now())
  const removal = { settings: { ...settings, keys }, memory: removed }
  const key = keyOf(channel)
  if (old.key !== key) return removal
  const goingOn = without({ ...old, ...memory.licenses.get(activationId)?.record }, 'lease', 'hardwareChanged')
  const record = { ...goingOn, key, graceBegan: Math.min(goingOn.graceBegan, old.graceBegan) }
  return { ...removal, memory: withLicense(removed, activationId, { vendor: vendor.catalog.vendor.id, record }) }
}

function keep({ now }: Installation, { settings, memory }: Store, sold: SoldProduct): Store {
  const begun = begin(memory, sold, now())
  const installed = begun.licenses.get(sold.product.activationId)?.record.graceBegan
  const key: InstalledKey = {
    vendor: sold.vendor.catalog.vendor.id,
    product: sold.product.activationId,
    ...(installed !== undefined && { installed }),
  }
  return { settings: { ...settings, keys: [...settings.keys, key] }, memory: begun }
}
