import { type Catalog } from '@volact/core/catalog/catalog'
import { newestGeneration } from '@volact/core/catalog/key-groups'
import type { AboveQuantity, EntitledIntervals } from '@volact/core/document/entitlement'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type Duration, days, type Instant, toIso } from '@volact/core/time'
import { afterAgreement, longestHostCertificate } from '../folder/lifetimes.ts'

/** What a host key grants, as it stands in every certificate that is issued for it (rule 5). Plain JSON. */
export interface KeyTerms {
  /** For example `production`. */
  readonly environment: string
  /** The newest generation of products that is served. */
  readonly generation: number
  /** Machines a family needs, by slug, where that differs from the catalog (rule 10). */
  readonly thresholds: Readonly<Record<string, number>>
  readonly intervals?: EntitledIntervals
  readonly quantity?: number
  readonly aboveQuantity: AboveQuantity
  readonly maxMachines?: number
  readonly features: readonly string[]
  readonly agreementEnds: Instant
  readonly weakCounts: boolean
}

/** What the vendor may say of a new key; the rest has defaults. */
export type TermsOrder = Partial<KeyTerms>

/** Completes the terms of a key and checks them against the catalog; `USAGE` names what is wrong. */
export function completeTerms(order: TermsOrder, { catalog, group, now, usualEnd }: TermsContext): KeyTerms {
  const terms = {
    environment: 'production',
    generation: newestGeneration(catalog, group),
    thresholds: {},
    aboveQuantity: 'report' as const,
    features: [],
    agreementEnds: usualEnd,
    weakCounts: false,
    ...order,
  }
  requireThresholds(terms.thresholds, catalog)
  requireIntervals(terms.intervals)
  requireCount('the generation', terms.generation, 1)
  requireCount('the quantity', terms.quantity ?? 1, 1)
  requireCount('the maximum of machines', terms.maxMachines ?? 1, 1)
  requireEnd(terms.agreementEnds, now)
  return terms
}

/** What terms are completed from. `usualEnd` is the end of an agreement where none is named. */
export interface TermsContext {
  readonly catalog: Catalog
  /** Number of the key group. */
  readonly group: number
  readonly now: Instant
  readonly usualEnd: Instant
}

function requireThresholds(thresholds: Readonly<Record<string, number>>, { families }: Catalog): void {
  for (const [family, threshold] of Object.entries(thresholds)) {
    if (!families.some(({ slug }) => slug === family)) {
      const known = families.map(({ slug }) => slug).join(', ')
      throw usage(`the catalog has no family "${family}"; it has ${known}`)
    }
    requireCount(`the threshold of ${family}`, threshold, 0)
  }
}

function requireIntervals(intervals: EntitledIntervals | undefined): void {
  if (intervals === undefined) return
  for (const minutes of [intervals.activationMinutes, intervals.renewalMinutes]) {
    if (!Number.isInteger(minutes) || minutes < 15 || minutes > 43_200) {
      throw usage(`an interval takes 15 to 43200 minutes, not ${minutes}`)
    }
  }
}

/** Rule 6: the certificate lasts 180 days longer, and no contract makes it last more than ten years. */
function requireEnd(end: Instant, now: Instant): void {
  const longest: Duration = longestHostCertificate - afterAgreement
  if (Number.isInteger(end) && end > now && end <= now + longest) return
  const latest = `${Math.floor(longest / days(1))} days from now`
  throw usage(
    `the agreement must end after ${toIso(now)} and at most ${latest}, not ${Number.isInteger(end) ? toIso(end) : end}`,
  )
}

function requireCount(what: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    throw usage(`${what} takes a whole number from ${least}, not ${value}`)
}

function usage(message: string): ActivationError {
  return new ActivationError('USAGE', message)
}
