import type { Entitlement } from '@volact/core/document/entitlement'
import type { PoolProof } from '@volact/core/document/pool-token'
import type { ActivationError } from '@volact/core/errors/activation-error'
import type { ActivationDecision } from '@volact/core/licensing/lease'
import { type Duration, type Instant, toIso } from '@volact/core/time'
import type { RefusalMessage } from '@volact/core/wire/refusal'
import type { Pool } from './pools.ts'
import { servedGroups, type SoldProduct, type Terms } from './terms.ts'

/** The refusal that tells a client of a failure while its message was read. */
export function ofError({ code, message }: ActivationError): RefusalMessage {
  return { kind: 'refusal', code, text: message }
}

/** The refusal of a host without a certificate. */
export function notActivated(why: string): RefusalMessage {
  return { kind: 'refusal', code: 'HOST_NOT_ACTIVATED', text: `this host is not activated: ${why}` }
}

/** The refusal of a product that is in no catalog here, or that the host key does not cover. */
export function notServed(what: string, terms: Terms | undefined): RefusalMessage {
  const served = terms === undefined ? [] : servedGroups(terms)
  const names = served.map(({ group, generation }) => `${group.name} up to generation ${generation}`)
  const text = `this host does not serve ${what}; it serves ${names.length === 0 ? 'nothing that its catalog knows' : names.join(', ')}`
  const groups = terms === undefined ? {} : { detail: { groups: terms.entitlement.groups } }
  return { kind: 'refusal', code: 'PRODUCT_NOT_SERVED', text, ...groups }
}

/** The refusal of a host whose clock it does not believe itself (rule 43). */
export function clockSkew(state: 'behind' | 'ahead', time: Instant): RefusalMessage {
  const than = state === 'behind' ? 'far behind its own ledger' : 'far ahead of the time that has run'
  const text = `the clock of this host says ${toIso(time)}, ${than}: it grants nothing until the clock is right`
  return { kind: 'refusal', code: 'CLOCK_SKEW', text, detail: { time } }
}

/** The refusal of a host whose ledger contradicts what it has signed (rule 26). */
export function halted(code: 'LOG_FORKED' | 'HOST_ROLLED_BACK'): RefusalMessage {
  const what =
    code === 'LOG_FORKED'
      ? 'contradicts a checkpoint that this host has signed'
      : 'ends before a checkpoint that this host has signed'
  return { kind: 'refusal', code, text: `the ledger of this host ${what}: it grants nothing until that is resolved` }
}

/** The refusal of a host whose grace on other hardware is over (rule 36). */
export function otherHardware(): RefusalMessage {
  const text =
    'this host has run for 30 days on other hardware than was certified: its administrator activates it again'
  return { kind: 'refusal', code: 'HARDWARE_OUT_OF_TOLERANCE', text }
}

/** The refusal of a spare that nobody has confirmed within its 60 days (rule 47). */
export function notConfirmed(): RefusalMessage {
  const text =
    'this host is a spare that its vendor has not confirmed within 60 days: "volact host spare confirm" mends that'
  return { kind: 'refusal', code: 'SPARE_NOT_CONFIRMED', text }
}

/** The refusal of a request or release for another ledger than ours. */
export function wrongLog(named: string): RefusalMessage {
  const text = `the request is for the log ${named}, which this host does not keep: it was set up again, or is another host`
  return { kind: 'refusal', code: 'LOG_MISMATCH', text }
}

/** The refusal of a release of anything but the last grant. */
export function notLastGrant(): RefusalMessage {
  const text = 'what is to be released is not the last grant of this machine for this product'
  return { kind: 'refusal', code: 'LEASE_MISMATCH', text }
}

/** The refusal of details that are not those in the signed digest (rule 13). */
export function otherDetails(): RefusalMessage {
  return { kind: 'refusal', code: 'MALFORMED', text: 'the details are not those that the request was signed for' }
}

/** The refusal of an ephemeral machine that has not proved to be of a pool (rule 38). */
export function notOfPool(proof: PoolProof | undefined): RefusalMessage {
  const text =
    proof === undefined
      ? 'this host serves an ephemeral machine only with the token of its pool'
      : 'no pool of this host has the token that this machine was given'
  return { kind: 'refusal', code: 'POOL_TOKEN_INVALID', text }
}

/** The refusal of a machine for which its pool has no place (rule 38). */
export function poolFull({ id, limit }: Pool, retryAfter: Duration): RefusalMessage {
  const text = `all ${limit} places of the pool ${id} are taken, until machines release theirs or leases end`
  return { kind: 'refusal', code: 'POOL_FULL', text, retryAfter }
}

/** The refusal of what is not signed as it says. */
export function badSignature(what: 'request' | 'release'): RefusalMessage {
  return { kind: 'refusal', code: 'SIGNATURE_INVALID', text: `the signature of the ${what} does not hold` }
}

/** The refusal of who would have to wait for too long (rules 39, 40). */
export function busy(retryAfter: Duration): RefusalMessage {
  return {
    kind: 'refusal',
    code: 'BUSY',
    text: 'too many machines are asking for the first time; ask again',
    retryAfter,
  }
}

/** The refusal of a new machine by a host that has room left for those that it knows (rule 39). */
export function noRoom(retryAfter: Duration): RefusalMessage {
  const text = 'this host has room left for the machines that it knows only; its administrator is told'
  return { kind: 'refusal', code: 'DISK_FULL', text, retryAfter }
}

/** The refusal of a repeated request that another one has overtaken. */
export function repeatTooLate(): RefusalMessage {
  return { kind: 'refusal', code: 'BUSY', text: 'another request of this machine was answered meanwhile; ask again' }
}

/** The refusal of a host whose disk takes no entries. Why, is for its administrator and not for the network. */
export function cannotWrite({ code }: ActivationError): RefusalMessage {
  const text = 'this host cannot write to its ledger; its administrator is told why: try later'
  // A disk that turned read-only denies access to the host: the client that reads this has done nothing that it may not.
  return { kind: 'refusal', code: code === 'ACCESS_DENIED' ? 'DISK_FAILED' : code, text }
}

/** The refusal of one more lease than the agreement covers, where it says so (rule 19). */
export function quantityReached(quantity: number, { policy, product }: SoldProduct): RefusalMessage {
  const text = `all ${quantity} leases that the agreement covers are live: ${product.name} gets none until one ends or is given back`
  return { kind: 'refusal', code: 'QUANTITY_REACHED', text, retryAfter: policy.activationIntervalSeconds }
}

/** Puts a decision that is no grant into words. Unsigned and inert (rule 24). */
export function ofDecision(
  decision: Exclude<ActivationDecision, { outcome: 'activated' }>,
  sold: SoldProduct,
  terms: Terms,
): RefusalMessage {
  switch (decision.outcome) {
    case 'below-threshold':
      return belowThreshold(decision, sold)
    case 'not-served':
      return notServed(productName(sold, decision.reason), terms)
    case 'host-expired':
      return notActivated(`its certificate has ended (${toIso(decision.since)}): ${renewal(terms.entitlement)}`)
  }
}

type BelowThreshold = Extract<ActivationDecision, { outcome: 'below-threshold' }>

function belowThreshold(
  { count, threshold, weakIgnored, activationIntervalSeconds }: BelowThreshold,
  sold: SoldProduct,
): RefusalMessage {
  const weak =
    weakIgnored === 0 ? '' : `; ${weakIgnored} more do not count, because too little of their hardware can be read`
  return {
    kind: 'refusal',
    code: 'COUNT_INSUFFICIENT',
    text: `this host has seen ${count} of the ${threshold} machines that ${sold.product.name} needs${weak}`,
    detail: { count, threshold, weak: weakIgnored },
    retryAfter: activationIntervalSeconds,
  }
}

function productName({ product }: SoldProduct, reason: 'product-not-covered' | 'virtual-machine'): string {
  const name = `${product.name} (generation ${product.generation})`
  return reason === 'virtual-machine' ? `${name} on virtual machines` : name
}

function renewal({ customer }: Entitlement): string {
  return `${customer} renews it with "volact host activate"`
}
