import { equal } from '../bytes.ts'
import { ActivationError } from '../errors/activation-error.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Lease } from './lease.ts'
import { parseEntry } from './ledger-entry.ts'
import type { ReleaseEntry } from './plain-entry.ts'
import type { OpenedRelease } from './release.ts'
import type { TreeHead } from './tree-head.ts'
import { proveEntry } from './verify-lease.ts'

/** What an answer to a release is checked against. */
export interface ExpectedRelease {
  readonly roots: readonly Certificate[]
  /** The release as it was sent. */
  readonly sent: OpenedRelease
}

/**
 * Verifies that a host has taken a grant back: an entry that says so of exactly this release stands in the ledger that granted
 * (protocol.md §6.3). Nothing less makes a machine forget a lease. The codes of §10, `LOG_MISMATCH` and `LEASE_MISMATCH` among them.
 */
export function verifyReleased(answer: Lease, { roots, sent }: ExpectedRelease): TreeHead {
  const { head, receipt } = proveEntry(answer, roots)
  const entry = parseEntry(answer.entry)
  if (entry.kind !== 'release') throw mismatch('the entry is not that of a release')
  if (!equal(head.logId, sent.release.logId)) {
    throw new ActivationError('LOG_MISMATCH', 'the release stands in another ledger than the grant')
  }
  if (entry.index !== receipt.inclusion.index) throw mismatch('the entry names another place than it stands in')
  requireReleased(entry, sent)
  return head
}

function requireReleased(entry: ReleaseEntry, { release, machine, digest }: OpenedRelease): void {
  const pairs: readonly [string, Uint8Array, Uint8Array][] = [
    ['release', entry.req, digest],
    ['machine', entry.machine, machine],
    ['product', entry.product, release.product],
    ['grant', entry.grant, release.grant],
  ]
  const [other] = pairs.find(([, said, meant]) => !equal(said, meant)) ?? []
  if (other !== undefined) throw mismatch(`the entry is for another ${other}`)
}

function mismatch(problem: string): ActivationError {
  return new ActivationError('LEASE_MISMATCH', problem)
}
