import { planNext, type Plan, type Step } from '@volact/core/licensing/schedule'
import type { Instant } from '@volact/core/time'
import { recordOf } from '../activation/license.ts'
import { intervalsOf } from '../activation/next-try.ts'
import { believedTime } from '../folder/clock-mark.ts'
import { silent } from '../folder/kept-file.ts'
import type { KeptAttempt } from '../folder/kept-license.ts'
import { readStore } from '../folder/store.ts'
import type { Installation } from '../installation.ts'
import { installedProducts } from '../installed-products.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import { heldUntil, lastOf, type OwnMemory } from './own-memory.ts'

/** A product with what is planned for it, from the folder as it is at this moment. */
export interface PlannedProduct {
  readonly sold: SoldProduct
  /** The last attempt of any program, as it stands in the folder. */
  readonly written: KeptAttempt | undefined
  readonly plan: Plan
}

/** What a driver plans by. */
export interface DriverView {
  readonly own: OwnMemory
  /** When the program started or the machine last woke. */
  readonly awake: Instant
  readonly now: Instant
}

/** Lists the installed products, in the order of their installation. */
export function currentProducts(installation: Installation): readonly SoldProduct[] {
  return installedProducts(installation.vendors, readStore(installation, silent).settings, silent)
}

/** The time that licenses are judged by (rule 42). */
export function believedNow(installation: Installation): Instant {
  return believedTime(readStore(installation, silent).memory.clock, installation.now())
}

/** Plans what comes next for a product. */
export function planProduct(installation: Installation, sold: SoldProduct, view: DriverView): PlannedProduct {
  const { own, awake, now } = view
  const { memory } = readStore(installation, silent)
  const stored = installation.leases.read(sold, silent)
  const written = memory.licenses.get(sold.product.activationId)?.attempt
  const last = lastOf(own, written)
  const { reminded, networkChanged } = own
  const situation = {
    seed: installation.machineId,
    intervals: intervalsOf(sold, stored),
    record: recordOf(sold, stored, memory, installation.now()),
    policy: sold.product.policy,
    awake,
    ...(last !== undefined && { last }),
    ...(networkChanged !== undefined && { networkChanged }),
    ...(reminded !== undefined && { reminded }),
  }
  return { sold, written, plan: holdBack(planNext(situation, now), heldUntil(own, now)) }
}

function holdBack({ steps, ...plan }: Plan, until: Instant): Plan {
  const held = steps.map((step): Step => (step.kind === 'attempt' ? { ...step, at: Math.max(step.at, until) } : step))
  return { ...plan, steps: held.toSorted((a, b) => a.at - b.at) }
}
