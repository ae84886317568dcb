import { ActivationError } from '@volact/core/errors/activation-error'
import type { Note } from './folder/kept-file.ts'
import type { Settings } from './folder/settings.ts'
import { findSold, type SoldProduct, type Vendor } from './vendors/vendor.ts'

/** The products whose keys are installed, in the order of their installation. A key that no policy here knows is noted. */
export function installedProducts(vendors: readonly Vendor[], { keys }: Settings, note: Note): readonly SoldProduct[] {
  return keys.flatMap(({ vendor, product }) => {
    const sold = findSold(vendors, product, vendor)
    if (sold === undefined && !isOfOthers(vendors, vendor)) {
      note(`a key is installed for the product ${product} of ${vendor}, which nothing here knows`)
    }
    return sold ?? []
  })
}

/** A program that has its own vendor compiled in need not know the others whose products share its store. */
function isOfOthers(vendors: readonly Vendor[], id: string): boolean {
  const isEmbedded = vendors.length > 0 && vendors.every(({ protection }) => protection === 'program')
  return isEmbedded && vendors.every(({ catalog }) => catalog.vendor.id !== id)
}

/** Chooses the product that is meant: the one that is named by activation ID, slug or setup key, or the only one. */
export function chooseProduct(products: readonly SoldProduct[], reference: string | undefined): SoldProduct {
  const [first, ...more] = products
  if (reference !== undefined) {
    const found = products.find(({ vendor, expected }) => {
      return findSold([vendor], reference)?.expected.activationId === expected.activationId
    })
    if (found !== undefined) return found
    throw noKey(`no key is installed for the product "${reference}"`)
  }
  if (first === undefined) throw noKey('no product key is installed')
  if (more.length === 0) return first
  const names = products.map(({ product }) => product.slug).join(', ')
  throw new ActivationError('USAGE', `several products are installed: name one of ${names}`)
}

function noKey(what: string): ActivationError {
  return new ActivationError('NO_PRODUCT_KEY', `${what}: install its setup key with "volact client key install KEY"`)
}
