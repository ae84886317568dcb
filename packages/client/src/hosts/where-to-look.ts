import { applicationOf } from '@volact/core/catalog/applications'
import { findProduct } from '@volact/core/catalog/find-product'
import { reasonToIgnore } from '../discovery/follow-target.ts'
import { parseHostAddress } from '../host-address.ts'
import type { Policy } from '../policy/policy.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import type { ActivationType } from './activation-type.ts'
import type { HostSettings, LastGoodHost, ScopeSettings } from './host-settings.ts'

/** Who has set a value: the administrator's policy, or somebody for the product, its application or the machine. */
export type SetBy = 'policy' | 'product' | 'application' | 'machine'

/** A value with who has set it. */
export interface Chosen<T> {
  readonly value: T
  readonly by: SetBy
}

/** Where a product looks for its host, before anything is asked. */
export interface WhereToLook {
  readonly activationType: Chosen<ActivationType> | undefined
  /** A host that somebody named: then nothing is looked for. */
  readonly host: Chosen<string> | undefined
  /** The one zone to look in; else the machine's own. */
  readonly domain: Chosen<string> | undefined
  /** Only where it may be asked before DNS. */
  readonly lastGood: LastGoodHost | undefined
}

/**
 * Tells where a product looks for its host: what is set for it, else for its application, else for the machine; each value of
 * the policy, found in the same order, above all of these. Without a product only what is set for the machine.
 */
export function whereToLook(sold: SoldProduct | undefined, settings: HostSettings, policy: Policy): WhereToLook {
  const levels = levelsOf(sold, settings, policy)
  const choose = <K extends keyof ScopeSettings>(key: K): Chosen<NonNullable<ScopeSettings[K]>> | undefined => {
    const level = levels.find(({ set }) => set[key] !== undefined)
    const value = level?.set[key]
    return level === undefined || value === undefined ? undefined : { value, by: level.by }
  }
  const [host, domain] = [choose('host'), choose('domain')]
  // The one domain that the policy names is looked in, whatever host is set here.
  const isOverruled = domain?.by === 'policy' && host?.by !== 'policy'
  return {
    activationType: choose('activationType'),
    host: isOverruled ? undefined : host,
    domain,
    lastGood: lastGoodIn(domain?.value, settings, sold, policy),
  }
}

/** Tells what is set at each level, the one that wins first. */
export function levelsOf(sold: SoldProduct | undefined, settings: HostSettings, policy: Policy): readonly Level[] {
  return [...policyLevels(sold, policy), ...localLevels(sold, settings)]
}

/** What somebody has set, and for what. */
export interface Level {
  readonly by: SetBy
  readonly set: ScopeSettings
}

function policyLevels(sold: SoldProduct | undefined, policy: Policy): readonly Level[] {
  if (sold === undefined) return [{ by: 'policy', set: policy.machine }]
  const { vendor, product } = sold
  const application = applicationOf(vendor.catalog, product)
  const isProduct = (reference: string): boolean =>
    findProduct(vendor.catalog, reference)?.activationId === product.activationId
  const isApplication = (reference: string): boolean => [application.id, application.slug].includes(reference)
  const levels = [...matching(policy.products, isProduct), ...matching(policy.applications, isApplication)]
  return [...levels, policy.machine].map((set) => ({ by: 'policy', set }))
}

function matching(
  sets: ReadonlyMap<string, ScopeSettings>,
  isMeant: (reference: string) => boolean,
): readonly ScopeSettings[] {
  return [...sets].filter(([reference]) => isMeant(reference)).map(([, set]) => set)
}

function localLevels(sold: SoldProduct | undefined, settings: HostSettings): readonly Level[] {
  const machine: Level = { by: 'machine', set: settings.machine }
  if (sold === undefined) return [machine]
  const { vendor, product } = sold
  const application = applicationOf(vendor.catalog, product)
  return [
    { by: 'product', set: settings.products.get(product.activationId) ?? {} },
    { by: 'application', set: settings.applications.get(application.id) ?? {} },
    machine,
  ]
}

/** Found in another zone or for another site than is set now, it is no longer the one that is meant. */
function lastGoodIn(
  domain: string | undefined,
  { caching, lastGood }: HostSettings,
  sold: SoldProduct | undefined,
  policy: Policy,
): LastGoodHost | undefined {
  const found = sold && lastGood.get(sold.product.activationId)
  if (!caching || found === undefined || found.site !== policy.site) return undefined
  if (domain !== undefined && domain !== found.zone) return undefined
  return found.outside === true && !isFollowed(found, policy) ? undefined : found
}

/** What was followed out of its zone only because the policy allowed it is not asked any more when that does not (rule 51). */
function isFollowed({ host }: LastGoodHost, { trustedDomains: zones, customer }: Policy): boolean {
  const { name: target, port } = parseHostAddress(host)
  return reasonToIgnore({ target, port }, { zones, pinned: customer !== undefined }) === undefined
}
