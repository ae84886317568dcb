import { equal, toHex } from '@volact/core/bytes'
import type { PublicKey } from '@volact/core/crypto'
import { type Entitlement, entitlementOf } from '@volact/core/document/entitlement'
import { documentKinds } from '@volact/core/document/kinds'
import type { HostActivationEntry } from '@volact/core/document/plain-entry'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import type { Certificate } from '@volact/core/x509/certificate'
import { verifyPath } from '@volact/core/x509/path'

/** The certificate of a host's signing key, as its path to the vendor's root has proved it. */
export interface HostCertificate {
  readonly leaf: Certificate
  /** Leaf first, without the root: what clients are sent. */
  readonly chain: readonly Certificate[]
  readonly entitlement: Entitlement
  /** The first end among all certificates of the path, the root included. */
  readonly notAfter: Instant
}

/** Whose certificate it must be: who this host is, and the log ID, as entry 0 has fixed them. */
export interface HostIdentity {
  readonly logId: Uint8Array
  readonly entry: HostActivationEntry
  /** The key of the certificate, where that is not the one of entry 0 any more (rule 6). */
  readonly signingKey?: PublicKey
}

/**
 * Verifies the chain of a host certificate (leaf first, without the root) to the pinned root, for host receipts (rules 1–3),
 * and that it is for this very key and ledger (rule 7). `CHAIN_INVALID`, `CHAIN_EXPIRED`, `ROOT_UNKNOWN`, `LOG_MISMATCH`.
 */
export function openHostCertificate(
  [leaf, ...intermediates]: readonly [Certificate, ...Certificate[]],
  root: Certificate,
  identity: HostIdentity,
  at: Instant,
): HostCertificate {
  const { eku } = documentKinds['host-receipt']
  const { notAfter, unused } = verifyPath({ leaf, intermediates, roots: [root], eku, at })
  if (unused.length > 0) throw refusal('brings a certificate along that its path does not use')
  const entitlement = entitlementOf(leaf)
  checkIdentity(leaf, entitlement, identity)
  return { leaf, chain: [leaf, ...intermediates], entitlement, notAfter }
}

function checkIdentity(
  leaf: Certificate,
  entitlement: Entitlement,
  { logId, entry, signingKey = entry.signingKey }: HostIdentity,
): void {
  if (!isSameKey(leaf.publicKey, signingKey)) throw refusal('is for another signing key')
  if (!equal(entitlement.logId, logId)) {
    const message = `the host certificate is for the log ${toHex(entitlement.logId)}, and this one is ${toHex(logId)}`
    throw new ActivationError('LOG_MISMATCH', message)
  }
  if (!equal(entitlement.recoveryKey, entry.recoveryKey)) throw refusal('names another recovery key')
  if (!equal(entitlement.noteKey, entry.noteKey)) throw refusal('names another note key')
  if (!equal(entitlement.hardware.anchor, entry.hardware.anchor)) throw refusal('names another hardware')
}

function isSameKey(a: PublicKey, b: PublicKey): boolean {
  return a.algorithm === b.algorithm && equal(a.bytes, b.bytes)
}

function refusal(why: string): ActivationError {
  return new ActivationError('CHAIN_INVALID', `the host certificate ${why}: ask the vendor, and activate again`)
}

/** How far the clocks of an authority and a host may lie apart when a certificate is issued, in seconds. */
const issueSkew = 300

/**
 * Says as of when a certificate that was issued just now is checked: the authority's clock is seldom the host's, and the answer comes
 * after the question, so that it may begin a little later than the time when it was asked for.
 */
export function freshlyIssued({ notBefore }: Certificate, now: Instant): Instant {
  return notBefore - now <= issueSkew ? Math.max(now, notBefore) : now
}
