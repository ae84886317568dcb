import { toHex } from '@volact/core/bytes'
import { applicationOf } from '@volact/core/catalog/applications'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { LicenseRecord, RearmLevel } from '@volact/core/licensing/license-record'
import { rearmsLeft } from '@volact/core/licensing/rearms'
import { changeLicense, remember } from './activation/license.ts'
import { findHardware } from './activation/machine.ts'
import { believedTime } from './folder/clock-mark.ts'
import { silent } from './folder/kept-file.ts'
import { type Memory, withLicense } from './folder/license-memory.ts'
import { removePending } from './folder/pending-request.ts'
import { readStore, type Store, writeStore } from './folder/store.ts'
import { whileLocked } from './folder/store-lock.ts'
import { without } from './folder/without.ts'
import { takeNewIdentity } from './identity/new-identity.ts'
import type { Installation } from './installation.ts'
import { chooseProduct, installedProducts } from './installed-products.ts'
import type { SoldProduct } from './vendors/vendor.ts'

/** What is rearmed: the whole machine, the products of one application, or one product. */
export type RearmOptions =
  | { readonly level: 'machine' }
  /** The application by its slug or ID, or that of a product. */
  | { readonly level: 'application'; readonly application?: string; readonly product?: string }
  | { readonly level: 'product'; readonly product?: string }

/** What a rearm has done. */
export interface Rearmed {
  readonly level: RearmLevel
  /** Slugs. */
  readonly products: readonly string[]
  /** How many rearms of this level are left, for the product that has the fewest; nothing without a product. */
  readonly left?: number
  /** Hexadecimal digits; another one than before after a rearm of the machine. */
  readonly machineId: string
}

/**
 * Begins the timers anew (ADR 7). A rearm of the machine makes another machine ID, too, and so ends its leases; the hardware stays
 * what it was, and with it the anchor that the machine is counted on: no number of rearms moves a count. `REARMS_EXHAUSTED`, and
 * then nothing has changed.
 */
export async function rearm(installation: Installation, options: RearmOptions): Promise<Rearmed> {
  const found = await findHardware(installation)
  return whileLocked(installation.files, () => {
    const before = readStore(installation, silent)
    const products = chosen(installation, before, options)
    const changes = products.map((sold) => changeOf(installation, sold, before.memory, options.level))
    const memory = changes.reduce(
      kept,
      options.level === 'machine' ? begunAnew(installation, before.memory) : before.memory,
    )
    writeStore(installation.files, { ...before, memory }, before)
    if (options.level === 'machine') takeNewIdentity(installation, found)
    else for (const change of changes) dropEnded(installation, change)
    return report(installation, changes, options.level)
  })
}

interface Change {
  readonly sold: SoldProduct
  readonly record: LicenseRecord
}

function chosen({ vendors }: Installation, { settings }: Store, options: RearmOptions): readonly SoldProduct[] {
  const installed = installedProducts(vendors, settings, silent)
  switch (options.level) {
    case 'machine':
      return installed
    case 'application':
      return ofApplication(installed, options.application ?? applicationId(chooseProduct(installed, options.product)))
    case 'product':
      return [chooseProduct(installed, options.product)]
  }
}

function ofApplication(installed: readonly SoldProduct[], reference: string): readonly SoldProduct[] {
  const found = installed.filter(({ vendor, product }) => {
    const { id, slug } = applicationOf(vendor.catalog, product)
    return [id, slug].includes(reference.toLowerCase())
  })
  if (new Set(found.map(({ vendor }) => vendor)).size > 1) {
    throw new ActivationError('USAGE', `several vendors have an application "${reference}": name it by its ID`)
  }
  if (found.length > 0) return found
  throw new ActivationError('NO_PRODUCT_KEY', `no product of the application "${reference}" is installed`)
}

function applicationId({ vendor, product }: SoldProduct): string {
  return applicationOf(vendor.catalog, product).id
}

function changeOf({ leases, now }: Installation, sold: SoldProduct, memory: Memory, level: RearmLevel): Change {
  const event = { kind: 'rearmed', level } as const
  return { sold, record: changeLicense(event, sold, leases.read(sold, silent), memory, now()) }
}

/** Whoever renews by itself asks at once. */
function kept(memory: Memory, { sold, record }: Change): Memory {
  return withoutAttempt(remember(sold, record, memory), sold.product.activationId)
}

function withoutAttempt(memory: Memory, activationId: string): Memory {
  const license = memory.licenses.get(activationId)
  return license === undefined ? memory : withLicense(memory, activationId, without(license, 'attempt'))
}

/** A product that this program does not know, and that loses its lease with the others, must not lose more. */
function begunAnew({ now }: Installation, memory: Memory): Memory {
  const graceBegan = believedTime(memory.clock, now())
  return [...memory.licenses].reduce(
    (changed, [id, { vendor, record }]) => withLicense(changed, id, { vendor, record: { ...record, graceBegan } }),
    memory,
  )
}

/** A lease that keeps its product licensed goes on, below the level of the machine. */
function dropEnded({ leases, files }: Installation, { sold, record }: Change): void {
  removePending(files, sold.product.activationId)
  if (record.lease === undefined) leases.remove(sold)
}

function report({ identity }: Installation, changes: readonly Change[], level: RearmLevel): Rearmed {
  const left = changes.map(({ sold, record }) => rearmsLeft(record, sold.product.policy)[level])
  return {
    level,
    products: changes.map(({ sold }) => sold.product.slug),
    ...(left.length > 0 && { left: Math.min(...left) }),
    machineId: toHex(identity.key.machineId),
  }
}
