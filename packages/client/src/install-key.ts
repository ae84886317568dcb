import { expectKind } from '@volact/core/product-key/expect-kind'
import { parseProductKey } from '@volact/core/product-key/parse-product-key'
import { lastFive, type ProductKey } from '@volact/core/product-key/product-key'
import { ActivationError } from '@volact/core/errors/activation-error'
import { whileLocked } from './folder/open-client-folder.ts'
import { readSettings, type Settings, writeSettings } from './folder/settings.ts'
import { currentTimes, withLicense, writeTimes } from './folder/times.ts'
import type { Installation } from './installation.ts'
import { silent } from './folder/kept-file.ts'
import { findSold, type SoldProduct, type Vendor } from './vendors/vendor.ts'

/** The product that a setup key has selected. */
export interface InstalledProduct {
  readonly activationId: string
  /** Its slug, by which commands name it. */
  readonly product: string
  readonly name: string
  readonly vendor: string
}

/**
 * Installs a setup key, by comparison with the policies of the vendors (rule 52), and begins the initial grace of its product,
 * once. `KEY_INVALID` for a key that none of them has, `HOST_KEY_ON_CLIENT` for a host key, `FILE_MISSING` without a vendor.
 */
export function installKey(installation: Installation, text: string): InstalledProduct {
  const sold = select(installation.vendors, expectKind(parseProductKey(text), 'setup'))
  whileLocked(installation.files, () => {
    keep(installation, sold)
  })
  const { activationId, slug, name } = sold.product
  return { activationId, product: slug, name, vendor: sold.vendor.catalog.vendor.id }
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

/** The grace first: a key without the beginning of its grace would begin it at each look. */
function keep(installation: Installation, { vendor, product: { activationId } }: SoldProduct): void {
  const { files, now } = installation
  const settings = readSettings(files, silent)
  writeTimes(files, withLicense(currentTimes(installation, silent), activationId, {}, now()))
  writeSettings(files, withKey(settings, { vendor: vendor.catalog.vendor.id, product: activationId }))
}

function withKey(settings: Settings, key: Settings['keys'][number]): Settings {
  const isThere = settings.keys.some(({ vendor, product }) => vendor === key.vendor && product === key.product)
  return isThere ? settings : { ...settings, keys: [...settings.keys, key] }
}
