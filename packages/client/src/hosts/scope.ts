import { ActivationError } from '@volact/core/errors/activation-error'
import { findSold, type Vendor } from '../vendors/vendor.ts'
import type { HostSettings, ScopeSettings } from './host-settings.ts'

/** What a setting is for: one product, one application, or, where nothing is named, the machine. */
export type Scope = { readonly product: string } | { readonly application: string }

/** A scope by the ID that settings are kept under. */
export type ScopeId =
  | { readonly kind: 'product'; readonly id: string }
  | { readonly kind: 'application'; readonly id: string }
  | { readonly kind: 'machine' }

/** Finds what is meant by a slug, an ID or a setup key, among all that the vendors here sell. `USAGE` where there is no such thing. */
export function resolveScope(vendors: readonly Vendor[], scope: Scope | undefined): ScopeId {
  if (scope === undefined) return { kind: 'machine' }
  if ('product' in scope) {
    const sold = findSold(vendors, scope.product)
    if (sold === undefined) throw unknown('product', scope.product)
    return { kind: 'product', id: sold.expected.activationId }
  }
  const found = vendors
    .flatMap(({ catalog }) => catalog.applications)
    .filter(({ id, slug }) => [id, slug].includes(scope.application.toLowerCase()))
  const [first, ...more] = found
  if (first === undefined) throw unknown('application', scope.application)
  if (more.length === 0) return { kind: 'application', id: first.id }
  const message = `several vendors have an application "${scope.application}": name it by its ID`
  throw new ActivationError('USAGE', message)
}

/** Changes what is set in one scope; a scope in which nothing is left is forgotten. */
export function changeScope(
  settings: HostSettings,
  scope: ScopeId,
  change: (before: ScopeSettings) => ScopeSettings,
): HostSettings {
  switch (scope.kind) {
    case 'machine':
      return { ...settings, machine: change(settings.machine) }
    case 'application':
      return { ...settings, applications: changeEntry(settings.applications, scope.id, change) }
    case 'product':
      return { ...settings, products: changeEntry(settings.products, scope.id, change) }
  }
}

function changeEntry(
  before: ReadonlyMap<string, ScopeSettings>,
  id: string,
  change: (before: ScopeSettings) => ScopeSettings,
): ReadonlyMap<string, ScopeSettings> {
  const [entries, changed] = [new Map(before), change(before.get(id) ?? {})]
  entries.delete(id)
  return Object.keys(changed).length === 0 ? entries : entries.set(id, changed)
}

function unknown(kind: string, reference: string): ActivationError {
  return new ActivationError('USAGE', `no ${kind} "${reference}" is known here: name it by its slug or its ID`)
}
