import { ActivationError } from '@volact/core/errors/activation-error'
import { silent } from '../folder/kept-file.ts'
import { readStore } from '../folder/store.ts'
import type { Installation } from '../installation.ts'
import { installedProducts } from '../installed-products.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import { granter } from './granter.ts'
import { release } from './release.ts'

/** How long a machine that ends waits for its host, in milliseconds: its leases end by themselves within a day. */
const patience = 3_000

/** Gives back every lease of a machine that ends (rule 38), as far as its host answers in time. */
export async function releaseAll(installation: Installation): Promise<void> {
  const { vendors, limits } = installation
  const signal = AbortSignal.timeout(patience)
  const hurried = { ...installation, limits: { ...limits, turnMilliseconds: patience } }
  for (const sold of installedProducts(vendors, readStore(installation, silent).settings, silent)) {
    await releaseOne(hurried, sold, signal)
  }
}

async function releaseOne(installation: Installation, sold: SoldProduct, signal: AbortSignal): Promise<void> {
  try {
    await release(installation, sold, granter(installation, sold, undefined), { signal })
  } catch (error) {
    if (!(error instanceof ActivationError) && !signal.aborted) throw error
  }
}
