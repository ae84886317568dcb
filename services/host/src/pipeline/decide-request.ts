import type { Grant } from '@volact/core/document/grant'
import type { OpenedRequest } from '@volact/core/document/request'
import type { SightingEntry } from '@volact/core/document/plain-entry'
import { uuidToBytes } from '@volact/core/catalog/uuid'
import { type ActivationDecision, decideActivation } from '@volact/core/licensing/lease'
import { type Instant, minutes } from '@volact/core/time'
import type { RefusalMessage } from '@volact/core/wire/refusal'
import type { Contact, LogState } from '../state/log-state.ts'
import { refusingQuantity } from './quantity.ts'
import * as refusals from './refusals.ts'
import type { SoldProduct, Terms } from './terms.ts'

/** What an entry holds before its place in the ledger and its `cti` are known. */
export type GrantDraft = Omit<Grant, 'index' | 'cti'>
export type SightingDraft = Omit<SightingEntry, 'index' | 'cti'>

/** What comes of an admitted request. A refusal below the threshold counts the machine, once per window. */
export type RequestDecision =
  | { readonly kind: 'granted'; readonly grant: GrantDraft }
  | { readonly kind: 'refused'; readonly refusal: RefusalMessage; readonly sighting?: SightingDraft }

/** Decides an admitted request for a product of the catalog. The count includes the machine that asks. */
export function decideRequest(
  { request, machine, digest }: OpenedRequest,
  sold: SoldProduct,
  terms: Terms,
  state: LogState,
  now: Instant,
): RequestDecision {
  const contact = { machine, anchor: request.anchor, flags: request.flags, at: now }
  const isNew = isCountable(sold, contact, terms) && !state.isSeen(sold.application, sold.family, contact)
  // Whatever is decided, an entry is going to show this contact: the grant, or a sighting.
  if (isNew) state.see(sold.application, contact)
  const decision = decideOn(sold, contact.flags, terms, state, now)
  const refused = (refusal: RefusalMessage): RequestDecision => ({
    kind: 'refused',
    refusal,
    ...(isNew && { sighting: sightingOf(contact, sold) }),
  })
  if (decision.outcome !== 'activated') return refused(refusals.ofDecision(decision, sold, terms))
  const quantity = refusingQuantity({ request, machine }, terms, state, now)
  if (quantity !== undefined) return refused(refusals.quantityReached(quantity, sold))
  const asked = { machine, req: digest, nonce: request.nonce, product: request.product, anchor: request.anchor }
  const told = { detailsDigest: request.detailsDigest, state: request.state, flags: request.flags }
  return { kind: 'granted', grant: { ...asked, ...told, ...grantTerms(decision, sold), logId: terms.logId } }
}

/** A machine that is refused for what it is or asks, not for the count, is not counted either. */
function isCountable({ isCovered, family }: SoldProduct, { flags, at }: Contact, { chainEnds }: Terms): boolean {
  return isCovered && at < chainEnds && !(family.serves === 'physical' && flags.virtual)
}

/** Decides on a machine whose contact is counted already. */
export function decideOn(
  sold: SoldProduct,
  machine: { readonly virtual: boolean; readonly ephemeral: boolean },
  terms: Terms,
  state: LogState,
  now: Instant,
): ActivationDecision {
  const { application, family, isCovered, threshold, largestThreshold, policy } = sold
  return decideActivation(
    {
      machine,
      coverage: isCovered ? 'covered' : 'not-covered',
      serves: family.serves,
      count: state.count(application, family, terms.entitlement.weakCounts, now),
      ...{ threshold, largestThreshold, policy, chainEnds: terms.chainEnds },
    },
    now,
  )
}

type Activated = Extract<ActivationDecision, { outcome: 'activated' }>

/** What a grant says of the decision and the product. */
export function grantTerms(decision: Activated, { features }: SoldProduct): Pick<Grant, GrantedClaims> {
  return {
    expires: decision.expires,
    notBefore: decision.notBefore,
    issued: decision.issued,
    count: decision.reported,
    threshold: decision.threshold,
    thresholdSource: decision.source,
    activationMinutes: decision.activationIntervalSeconds / minutes(1),
    renewalMinutes: decision.renewalIntervalSeconds / minutes(1),
    features,
  }
}

type GrantedClaims =
  | 'expires'
  | 'notBefore'
  | 'issued'
  | 'count'
  | 'threshold'
  | 'thresholdSource'
  | 'activationMinutes'
  | 'renewalMinutes'
  | 'features'

function sightingOf({ machine, anchor, flags, at }: Contact, { application }: SoldProduct): SightingDraft {
  return { kind: 'sighting', time: at, machine, anchor, flags, application: uuidToBytes(application.id) }
}
