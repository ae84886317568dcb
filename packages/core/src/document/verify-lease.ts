import { concat, equal } from '../bytes.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { toIso } from '../time.ts'
import type { Instant } from '../time.ts'
import { extensionValue, parseCertificate } from '../x509/certificate.ts'
import type { Certificate } from '../x509/certificate.ts'
import { extensionOids } from '../x509/oids.ts'
import { maxPathLength, verifyPath } from '../x509/path.ts'
import type { VerifiedPath } from '../x509/path.ts'
import { entitlementOf } from './entitlement.ts'
import type { Entitlement } from './entitlement.ts'
import { parseGrant } from './grant.ts'
import type { Grant } from './grant.ts'
import { documentKinds } from './kinds.ts'
import type { Lease } from './lease.ts'
import { openReceipt, parseReceipt } from './receipt.ts'
import type { Receipt } from './receipt.ts'
import { requireReceiptKind } from './tree-head.ts'
import type { TreeHead } from './tree-head.ts'

/** A lease that a host has really granted. */
export interface OpenedLease {
  readonly grant: Grant
  /** The ledger that the grant stands in, at the time of the receipt. */
  readonly head: TreeHead
  readonly entitlement: Entitlement
  readonly hostCertificate: Certificate
  /** The certificates that it rests on, leaf first, root last. */
  readonly path: readonly Certificate[]
  /** The first end among all certificates, the root included: their last valid second. */
  readonly notAfter: Instant
  readonly root: Certificate
  /** Whether the root is marked as one for tests, so that a banner must be shown (rule 11). */
  readonly testRoot: boolean
}

/** What a lease is checked against. With `at`, it must also be running then. */
export interface LeaseTrust {
  readonly roots: readonly Certificate[]
  readonly at?: Instant
}

/**
 * Opens a lease file's lease: everything of protocol.md §10 that needs neither a request nor a product. Its chain must be
 * without surplus (§9.2). Throws the codes of §10; with `at`, `LEASE_EXPIRED` or `CLOCK_SKEW` for a lease that is over
 * then or has not begun.
 */
export function openLease(lease: Lease, { roots, at }: LeaseTrust): OpenedLease {
  const { opened, receipt } = proveLease(lease, roots)
  refuseSurplus(lease, opened)
  requirePlace(opened, receipt)
  requireTimes(opened)
  if (at !== undefined) requireRunning(opened.grant, at)
  return opened
}

/** The certificates that a lease file must hold, in DER: leaf first, without the root and without surplus. */
export function chainOf({ path }: OpenedLease): readonly Uint8Array[] {
  return path.slice(0, -1).map(({ der }) => der)
}

/** A lease that stands in the ledger of a host that a root vouches for, with the receipt that shows it. */
export interface ProvenLease {
  readonly opened: OpenedLease
  readonly receipt: Receipt
}

/** Of protocol.md §10, after decoding, steps 2 to 4: the certificates, the receipt, and that both are of one ledger. */
export function proveLease(lease: Lease, roots: readonly Certificate[]): ProvenLease {
  const grant = parseGrant(lease.entry)
  const { receipt, ...proven } = proveEntry(lease, roots)
  return { opened: { grant, ...proven }, receipt }
}

/** An entry of any kind that stands in the ledger of a host that a root vouches for. */
export interface ProvenEntry extends Omit<OpenedLease, 'grant'> {
  readonly receipt: Receipt
}

/** Steps 2 to 4 for an entry of any kind; what it says is for the caller to read. */
export function proveEntry({ entry, receipt: bytes, chain }: Lease, roots: readonly Certificate[]): ProvenEntry {
  const receipt = parseReceipt(bytes)
  requireReceiptKind(receipt, 'host-receipt')
  const { leaf, path, root, notAfter } = verifyHostPath(chain, receipt, roots)
  const head = openReceipt(receipt, entry, leaf.publicKey)
  const entitlement = entitlementOf(leaf)
  requireCertifiedLog(head, entitlement)
  const testRoot = extensionValue(root, extensionOids.testRoot) !== undefined
  return { receipt, head, entitlement, hostCertificate: leaf, path, notAfter, root, testRoot }
}

/** Of step 5 what needs no request: the grant names the ledger and the place that the receipt proves. */
export function requirePlace({ grant, head }: OpenedLease, { inclusion }: Receipt): void {
  if (grant.index !== inclusion.index || !equal(grant.logId, head.logId)) {
    throw new ActivationError('LEASE_MISMATCH', 'the grant names another ledger or place than the one it stands in')
  }
}

/** Of step 8 what needs no memory: the times follow each other and the certificates outlast the lease (rule 6). */
export function requireTimes({ grant, head, notAfter }: OpenedLease): void {
  const { notBefore, issued, expires } = grant
  if (notBefore > issued || issued > head.time || issued >= expires) {
    const times = [notBefore, issued, expires, head.time].map(toIso).join(', ')
    throw new ActivationError(
      'LEASE_MISMATCH',
      `begin, issue and end of the lease and its receipt do not fit: ${times}`,
    )
  }
  if (expires > notAfter) {
    const ends = `the lease ends ${toIso(expires)}, and a certificate that it rests on ${toIso(notAfter)}`
    throw new ActivationError('LEASE_MISMATCH', ends)
  }
}

/** Step 2: the chain of exactly the certificate that signed the receipt holds when it signed. */
function verifyHostPath(
  chain: readonly Uint8Array[],
  { x5t, time }: Receipt,
  roots: readonly Certificate[],
): VerifiedPath {
  if (chain.length >= maxPathLength) {
    throw new ActivationError(
      'CHAIN_INVALID',
      `the chain has ${chain.length} certificates, at most ${maxPathLength - 1}`,
    )
  }
  const [leaf, ...intermediates] = chain.map(parseCertificate)
  if (leaf === undefined || !equal(leaf.fingerprint, x5t)) {
    throw new ActivationError('CHAIN_INVALID', 'the receipt was signed with another certificate than the one beside it')
  }
  return verifyPath({ leaf, intermediates, roots, eku: documentKinds['host-receipt'].eku, at: time })
}

/** Step 4: one certificate, one log (rule 7). */
function requireCertifiedLog({ logId }: TreeHead, entitlement: Entitlement): void {
  if (equal(logId, entitlement.logId)) return
  throw new ActivationError('LOG_MISMATCH', 'the receipt is of another ledger than the certificate of the host is for')
}

function refuseSurplus({ chain }: Lease, opened: OpenedLease): void {
  const needed = chainOf(opened)
  if (chain.length === needed.length && equal(concat(...chain), concat(...needed))) return
  throw new ActivationError(
    'CHAIN_INVALID',
    'the chain holds more than the path to the root needs, or in another order',
  )
}

function requireRunning({ notBefore, expires }: Grant, at: Instant): void {
  if (at < notBefore) throw new ActivationError('CLOCK_SKEW', `the lease begins only ${toIso(notBefore)}`)
  if (at >= expires) throw new ActivationError('LEASE_EXPIRED', `the lease ended ${toIso(expires)}`)
}
