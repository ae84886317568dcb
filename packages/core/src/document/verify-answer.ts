import { equal } from '../bytes.ts'
import { uuidToBytes } from '../catalog/uuid.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { effectiveThreshold } from '../licensing/threshold.ts'
import { toIso } from '../time.ts'
import type { Instant } from '../time.ts'
import { verifyConsistency } from '../transparency/proof.ts'
import type { Certificate } from '../x509/certificate.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { isEntitled } from './entitlement.ts'
import { encodeLeaseFile } from './lease.ts'
import type { Lease } from './lease.ts'
import { checkpointFromReceipt } from './receipt.ts'
import type { Receipt } from './receipt.ts'
import { isRevoked } from './revocation-list.ts'
import type { RevocationList } from './revocation-list.ts'
import type { TreeHead } from './tree-head.ts'
import { chainOf, proveLease, requirePlace, requireTimes } from './verify-lease.ts'
import type { OpenedLease } from './verify-lease.ts'

/** What a machine has asked for, from its own request. */
export interface ExpectedRequest {
  /** SHA-256 of the request as it was sent. */
  readonly digest: Uint8Array
  readonly nonce: Uint8Array
  readonly machine: Uint8Array
  readonly anchor: Uint8Array
}

/** The product as the policy in the embedding program has it (rule 11). */
export interface ExpectedProduct {
  /** UUID in its usual writing. */
  readonly activationId: string
  /** Number of the key group. */
  readonly group: number
  readonly generation: number
  /** Slug of the family. */
  readonly family: string
  /** Of the family, where the certificate names none (rule 10). */
  readonly threshold: number
}

/** What an answer is checked against. */
export interface ExpectedAnswer {
  readonly roots: readonly Certificate[]
  readonly request: ExpectedRequest
  readonly product: ExpectedProduct
  /** The newest list that is known (rule 44). */
  readonly revocations?: RevocationList
  /** The checkpoint that the request named, as it was kept; one of another log than the answer's says nothing here. */
  readonly checkpoint?: Uint8Array
  /** The newest time that a receipt of this log had (rule 42). */
  readonly newest?: Instant
}

/** An answer that fits in every respect, with what is to be kept of it. */
export interface VerifiedAnswer extends OpenedLease {
  /** To be kept for this log, in place of the one before. */
  readonly checkpoint: Uint8Array
  /** The lease as a file: without what only this request needed. */
  readonly leaseFile: Uint8Array
}

/** Verifies an answer that grants, step by step as protocol.md §10 numbers them. Throws the codes that stand there. */
export function verifyAnswer(lease: Lease, expected: ExpectedAnswer): VerifiedAnswer {
  const { opened, receipt } = proveLease(lease, expected.roots) // 2, 3
  refuseRevoked(opened, expected.revocations) // 4
  requireRequested(opened, expected)
  requirePlace(opened, receipt) // 5
  requireEntitled(opened, expected.product) // 6
  requireThreshold(opened, expected.product) // 7
  requireTimes(opened)
  requireNewer(opened.head, expected.newest) // 8
  requireGrown(opened.head, receipt, expected.checkpoint) // 9
  return {
    ...opened,
    checkpoint: checkpointFromReceipt(receipt, opened.head.root),
    leaseFile: encodeLeaseFile({ ...lease, chain: chainOf(opened) }),
  }
}

/** Of step 4 what needs a list: what a certificate signs from its cut-off on grants nothing new (rule 44). */
function refuseRevoked({ path, head }: OpenedLease, list: RevocationList | undefined): void {
  const revoked = list && path.find((certificate) => isRevoked(list, certificate, head.time))
  if (revoked === undefined) return
  throw new ActivationError('CERTIFICATE_REVOKED', `the vendor has revoked the certificate of ${revoked.subject.text}`)
}

/** Step 5: the grant answers this request, of this machine, for this product: a replayed answer does not. */
function requireRequested({ grant }: OpenedLease, { request, product }: ExpectedAnswer): void {
  const pairs: readonly [string, Uint8Array, Uint8Array][] = [
    ['request', grant.req, request.digest],
    ['nonce', grant.nonce, request.nonce],
    ['machine', grant.machine, request.machine],
    ['hardware', grant.anchor, request.anchor],
    ['product', grant.product, uuidToBytes(product.activationId)],
  ]
  const [other] = pairs.find(([, granted, wanted]) => !equal(granted, wanted)) ?? []
  if (other !== undefined) throw new ActivationError('LEASE_MISMATCH', `the lease is for another ${other}`)
}

/** Step 6: what the vendor certified for this host covers the product. */
function requireEntitled({ entitlement }: OpenedLease, { group, generation }: ExpectedProduct): void {
  if (isEntitled(entitlement, group, generation)) return
  const wanted = `products of group ${group}, generation ${generation}`
  throw new ActivationError('PRODUCT_NOT_SERVED', `the certificate of the host does not cover ${wanted}`)
}

/** Step 7: computed anew, so that neither a pack nor a host lowers what the certificate or the policy asks (rule 10). */
function requireThreshold({ grant, entitlement }: OpenedLease, { family, threshold }: ExpectedProduct): void {
  const certificate = entitlement.thresholds.get(family)
  const effective = effectiveThreshold({ ...(certificate !== undefined && { certificate }), policy: threshold })
  if (grant.thresholdSource !== effective.source || grant.threshold < effective.threshold) {
    const granted = `the lease was granted at ${grant.threshold} machines by the ${grant.thresholdSource}`
    const wanted = `${effective.threshold} are needed by the ${effective.source}`
    throw new ActivationError('COUNT_INSUFFICIENT', `${granted}, but ${wanted}`)
  }
  if (grant.count < grant.threshold) {
    const problem = `the lease names a count of ${grant.count}, and ${grant.threshold} machines are needed`
    throw new ActivationError('COUNT_INSUFFICIENT', problem)
  }
}

/** Of step 8 what needs memory: a log's receipts never go back in time (rule 42). */
function requireNewer({ time }: TreeHead, newest: Instant | undefined): void {
  if (newest === undefined || time >= newest) return
  const problem = `the receipt is of ${toIso(time)}, and one of ${toIso(newest)} is known`
  throw new ActivationError('CLOCK_SKEW', `${problem}: the clock of the host went back, or the answer is an old one`)
}

/**
 * Step 9: the ledger is the one that was seen before, and has only grown (rules 22, 25): `kept` is the checkpoint of before, and the proof
 * from there need not be signed. `HOST_ROLLED_BACK`, `LOG_FORKED` or `CONSISTENCY_FAILED`.
 */
export function requireGrown(
  head: TreeHead,
  { consistency }: Pick<Receipt, 'consistency'>,
  kept: Uint8Array | undefined,
): void {
  if (kept === undefined) return
  // Verified when it was kept, with the certificate of that time; what it says now is the client's own memory.
  const before = parseCheckpoint(kept)
  if (!equal(before.logId, head.logId)) return
  if (head.size < before.size) {
    throw new ActivationError('HOST_ROLLED_BACK', `the ledger has ${head.size} entries, and had ${before.size} before`)
  }
  if (head.size === before.size) {
    if (equal(head.root, before.root)) return
    throw new ActivationError('LOG_FORKED', `the host has signed two different ledgers of ${head.size} entries`)
  }
  const sizes = { from: before.size, to: head.size }
  const roots = { fromRoot: before.root, toRoot: head.root }
  if (consistency?.from === before.size && verifyConsistency({ ...sizes, ...roots, path: consistency.path })) return
  const growth = `from ${before.size} to ${head.size} entries`
  throw new ActivationError('CONSISTENCY_FAILED', `the host did not prove that its ledger has only grown ${growth}`)
}
