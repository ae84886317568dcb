import { applicationOf, familiesOf, familyOf } from '@volact/core/catalog/applications'
import type { Application, Catalog, Family, KeyGroup, Product } from '@volact/core/catalog/catalog'
import { findGroup } from '@volact/core/catalog/key-groups'
import { uuidFromBytes } from '@volact/core/catalog/uuid'
import { type Entitlement, isEntitled } from '@volact/core/document/entitlement'
import type { LeasePolicy } from '@volact/core/licensing/lease'
import { type EffectiveThreshold, effectiveThreshold } from '@volact/core/licensing/threshold'
import { type Instant, minutes } from '@volact/core/time'

/** On what terms a host serves a vendor's products: what the vendor sells, and what this customer may do. */
export interface Terms {
  readonly catalog: Catalog
  readonly entitlement: Entitlement
  readonly logId: Uint8Array
  /** The first end in the host's certificate chain. */
  readonly chainEnds: Instant
  /** What this host is set to give out; asked for each time, since it may change while the host runs. */
  readonly ownIntervals?: () => OwnIntervals
}

/** Intervals that are set on a host, in minutes. Those of the certificate stand above them, and they above the catalog's. */
export interface OwnIntervals {
  readonly activation: number | undefined
  readonly renewal: number | undefined
}

/** A product with everything that it is decided on. */
export interface SoldProduct {
  /** The 16 bytes of its activation ID. */
  readonly id: Uint8Array
  readonly product: Product
  readonly family: Family
  readonly application: Application
  readonly isCovered: boolean
  readonly threshold: EffectiveThreshold
  readonly largestThreshold: number
  readonly policy: LeasePolicy
  readonly features: readonly string[]
}

/** Finds a product by the 16 bytes of its activation ID; nothing when the catalog does not have it. */
export function findSold(
  { catalog, entitlement, ownIntervals }: Terms,
  activationId: Uint8Array,
): SoldProduct | undefined {
  const id = uuidFromBytes(activationId)
  const product = catalog.products.find((candidate) => candidate.activationId === id)
  if (product === undefined) return undefined
  const family = familyOf(catalog, product)
  const application = applicationOf(catalog, product)
  const group = findGroup(catalog, product.group)
  return {
    id: Uint8Array.from(activationId),
    product,
    family,
    application,
    isCovered: group !== undefined && isEntitled(entitlement, group.number, product.generation),
    threshold: thresholdOf(entitlement, family),
    largestThreshold: largestOf({ catalog, entitlement }, application),
    policy: policyOf(entitlement, product, ownIntervals?.()),
    features: [...new Set([...product.features, ...entitlement.features])],
  }
}

/** The threshold of a family that holds here (rule 10). */
export function thresholdOf({ thresholds }: Entitlement, { slug, threshold }: Family): EffectiveThreshold {
  const certificate = thresholds.get(slug)
  return effectiveThreshold(certificate === undefined ? { policy: threshold } : { certificate, policy: threshold })
}

/** The largest threshold of an application, for the cap of its reported count. */
export function largestOf(
  { catalog, entitlement }: Pick<Terms, 'catalog' | 'entitlement'>,
  application: Application,
): number {
  return Math.max(0, ...familiesOf(catalog, application).map((family) => thresholdOf(entitlement, family).threshold))
}

/** What a host serves, in words: each key group that the catalog knows, and up to which generation. */
export function servedGroups({
  catalog,
  entitlement,
}: Terms): readonly { readonly group: KeyGroup; readonly generation: number }[] {
  return entitlement.groups.flatMap(({ group: number, generation }) => {
    const group = findGroup(catalog, number)
    return group === undefined ? [] : [{ group, generation }]
  })
}

function policyOf({ intervals }: Entitlement, { policy }: Product, own: OwnIntervals | undefined): LeasePolicy {
  const activation = intervals?.activationMinutes ?? own?.activation
  const renewal = intervals?.renewalMinutes ?? own?.renewal
  return {
    ...policy,
    ...(activation !== undefined && { activationIntervalSeconds: minutes(activation) }),
    ...(renewal !== undefined && { renewalIntervalSeconds: minutes(renewal) }),
  }
}
