import { parseGrant } from '@volact/core/document/grant'
import type { Lease } from '@volact/core/document/lease'
import { revocationOf } from '@volact/core/document/revocation-list'
import { type VerifiedAnswer, verifyAnswer } from '@volact/core/document/verify-answer'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { SoldProduct } from '../vendors/vendor.ts'

/**
 * Verifies a lease without the request that it answers: all of protocol.md §10 that needs no memory. What is the request's own is
 * taken from the grant, as it was compared then; whose machine it is, too, where none is given. Time and revocation are the caller's.
 */
export function verifyKeptLease(lease: Lease, { vendor, expected }: SoldProduct, machine?: Uint8Array): VerifiedAnswer {
  const grant = parseGrant(lease.entry)
  const { req: digest, nonce, anchor } = grant
  const request = { digest, nonce, machine: machine ?? grant.machine, anchor }
  return verifyAnswer(lease, { roots: vendor.roots, request, product: expected })
}

/** Says whether the vendor has ended a lease since it was granted (rule 44). */
export function isVoid(
  { path, head }: Pick<VerifiedAnswer, 'path' | 'head'>,
  { revocations }: SoldProduct['vendor'],
): boolean {
  if (revocations === undefined) return false
  return path.some((certificate) => revocationOf(revocations, certificate, head.time)?.void === true)
}

/** Verifies a lease file of which there is nothing but the file, and refuses one that the vendor has ended: `CERTIFICATE_REVOKED`. */
export function verifyStandingLease(lease: Lease, sold: SoldProduct): VerifiedAnswer {
  const answer = verifyKeptLease(lease, sold)
  if (!isVoid(answer, sold.vendor)) return answer
  throw new ActivationError('CERTIFICATE_REVOKED', 'the vendor has ended the leases of this host')
}
