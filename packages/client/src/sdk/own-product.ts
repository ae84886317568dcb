import { ActivationError } from '@volact/core/errors/activation-error'
import { describeError } from '@volact/core/errors/table'
import { type Note, silent } from '../folder/kept-file.ts'
import { readStore } from '../folder/store.ts'
import type { Installation, OwnProduct } from '../installation.ts'
import { installKey, isSameThing } from '../install-key.ts'
import { findSold, type SoldProduct, type Vendor } from '../vendors/vendor.ts'

/** Finds the product of a setup key, and the other editions of it; nothing when no vendor has it. */
export function ownProduct(vendors: readonly Vendor[], setupKey: string): OwnProduct | undefined {
  const own = findSold(vendors, setupKey)
  if (own === undefined) return undefined
  const all = own.vendor.catalog.products.flatMap(({ activationId }) => findSold([own.vendor], activationId) ?? [])
  const editions = all.filter((other) => isSameThing(other, own)).map(idOf)
  return { id: idOf(own), editions }
}

/** Names the edition of the program's own product that is installed here; without one, the edition that it brings along. */
export function installedEdition({ id, editions }: OwnProduct, installed: readonly SoldProduct[]): string {
  return installed.map(idOf).find((other) => editions.includes(other)) ?? id
}

/**
 * Installs the setup key that a program brings along, at its first start on this machine only: a key that an administrator has removed or
 * replaced stays so. `KEY_INVALID` and `HOST_KEY_ON_CLIENT` are mistakes in the program; a disk that is full is noted, and the next
 * start tries again.
 */
export function installOwnKey(installation: Installation, setupKey: string, note: Note): void {
  const { settings, memory } = readStore(installation, silent)
  const known = new Set([...settings.keys.map(({ product }) => product), ...memory.licenses.keys()])
  if (installation.own?.editions.some((edition) => known.has(edition)) === true) return
  try {
    installKey(installation, setupKey)
  } catch (error) {
    if (!(error instanceof ActivationError) || describeError(error.code)?.exit !== 4) throw error
    note(`the setup key could not be installed: ${error.message}`)
  }
}

function idOf({ expected }: SoldProduct): string {
  return expected.activationId
}
