import type { Duration, Instant } from '@volact/core/time'
import { applyEvent, graceBeginning, keyOf } from './activation/license.ts'
import { believedTime } from './folder/clock-mark.ts'
import { silent } from './folder/kept-file.ts'
import { inspectMemory, type Memory, withLicense } from './folder/license-memory.ts'
import { newRecord, readStore, type Store, writeStore } from './folder/store.ts'
import { whileLocked } from './folder/store-lock.ts'
import type { Installation } from './installation.ts'
import { installedProducts } from './installed-products.ts'
import { isPlausible } from './vendors/plausible-time.ts'
import type { SoldProduct } from './vendors/vendor.ts'

/** Raises the mark of time, and begins the graces that have not begun, whose beginning was lost, or which a revocation begins. */
export function keepMemory(installation: Installation): void {
  const { files, now } = installation
  const store = readStore(installation, silent)
  // Time begins with the first key.
  if (productsOf(installation, store).length === 0) return
  const isNothing = unbegun(installation, store).length === 0 && voided(installation, store).length === 0
  if (isNothing && !isRaised(installation, store)) return
  whileLocked(files, () => {
    const { settings, memory } = readStore(installation, silent)
    const begun = unbegun(installation, { settings, memory }).reduce(
      (before, sold) => begin(before, sold, now()),
      memory,
    )
    const found = voided(installation, { settings, memory: begun }).reduce(
      (before, sold) => applyEvent({ kind: 'found-non-genuine' }, sold, undefined, before, now()),
      begun,
    )
    writeStore(files, { settings, memory: found }, { settings })
  })
}

/** Begins the grace of a product whose key is installed, once; and not by a clock that cannot be right. */
export function begin(memory: Memory, sold: SoldProduct, now: Instant): Memory {
  const { vendor, product } = sold
  const begun = graceBeginning(sold, memory)
  if (begun === undefined && !isPlausible(vendor, now)) return memory
  const graceBegan = begun ?? believedTime(memory.clock, now)
  const key = keyOf(product.channel)
  const known = memory.licenses.get(product.activationId)
  const record = { ...(known?.record ?? newRecord(key, graceBegan)), key, graceBegan }
  return withLicense(memory, product.activationId, { ...known, vendor: vendor.catalog.vendor.id, record })
}

function productsOf({ vendors }: Installation, { settings }: Store): readonly SoldProduct[] {
  return installedProducts(vendors, settings, silent)
}

function unbegun(installation: Installation, store: Store): readonly SoldProduct[] {
  return productsOf(installation, store).filter((sold) => {
    return graceBeginning(sold, store.memory) === undefined && isPlausible(sold.vendor, installation.now())
  })
}

/** Products whose lease has been revoked since it was granted. */
function voided(installation: Installation, store: Store): readonly SoldProduct[] {
  return productsOf(installation, store).filter((sold) => {
    const found = store.memory.licenses.get(sold.product.activationId)?.record.nonGenuine
    return found === undefined && installation.leases.read(sold, silent)?.isVoid === true
  })
}

/** A disk need not write for less. */
const smallestStep: Duration = 3_600

function isRaised({ files }: Installation, { memory }: Store): boolean {
  const kept = inspectMemory(files)
  return kept.kind !== 'read' || memory.clock.mark - kept.value.clock.mark >= smallestStep
}
