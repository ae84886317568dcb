import { randomBytes } from 'node:crypto'
import { decodeBase64, fromHex } from '@volact/core/bytes'
import { uuidToBytes } from '@volact/core/catalog/uuid'
import { sha256 } from '@volact/core/crypto'
import { noUid, openAgentProof } from '@volact/core/document/agent-proof'
import { parseLeaseFile } from '@volact/core/document/lease'
import type { VerifiedAnswer } from '@volact/core/document/verify-answer'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type Instant, toIso } from '@volact/core/time'
import { verifyStandingLease } from '../activation/verify-kept-lease.ts'
import { type EmbeddedVendor, embeddedVendors } from '../vendors/embedded-vendors.ts'
import { findSold, type SoldProduct } from '../vendors/vendor.ts'
import { machineSocket } from './agent-socket.ts'
import { describeAskedLicense, type AskedLicense } from './asked-license.ts'
import { type LocalRequestLimits, postToAgent } from './local-request.ts'

/** Whom a product asks, and what it believes. */
export interface AskAgentOptions {
  /** Roots and policy from the program's own code: what the agent says is checked against nothing else (rule 11). */
  readonly vendors: readonly EmbeddedVendor[]
  /** Activation ID, slug or setup key of the product that asks. */
  readonly product: string
  /** The agent of the machine where nothing is given. */
  readonly socket?: string
  /** 16 to 64 random bytes that were never used before; fresh ones where nothing is given. */
  readonly nonce?: Uint8Array
  readonly now?: () => Instant
  readonly limits?: LocalRequestLimits
}

/**
 * Asks the agent of this machine for the license of a product, and verifies all of it: the lease, by the program's own roots and
 * policy (protocol.md §10), and the device key's proof over a fresh nonce, so that a lease file that was copied from another
 * machine is worth nothing (rule 4). `AGENT_UNREACHABLE`, `NO_PRODUCT_KEY`, `NOT_BOUND`, `PROOF_MISMATCH`, `LEASE_EXPIRED`,
 * `CERTIFICATE_REVOKED`, or the codes of protocol.md §6.6 and §10. The agent needs no trust: the worst that a false one can do is to
 * say no.
 */
export async function askAgent(options: AskAgentOptions): Promise<AskedLicense> {
  const { nonce = randomBytes(32), socket = machineSocket(process.platform), now = wallClock } = options
  const sold = find(options)
  const uid = process.getuid?.() ?? noUid
  const path = `/v1/licenses/${sold.expected.activationId}/proof`
  const question = { nonce: Buffer.from(nonce).toString('base64url'), uid }
  const fields = await postToAgent(socket, path, question, options.limits)
  const leaseFile = decodeBase64(text(fields, 'leaseFile'))
  const answer = verifyLease(leaseFile, sold, now())
  const { machine } = answer.grant
  const product = uuidToBytes(sold.expected.activationId)
  openAgentProof(decodeBase64(text(fields, 'proof')), { nonce, product, uid, leaseDigest: sha256(leaseFile), machine })
  return describeAskedLicense(sold, answer, fromHex(text(fields, 'anchor')))
}

function find({ vendors, product }: AskAgentOptions): SoldProduct {
  const sold = findSold(embeddedVendors(vendors), product)
  if (sold !== undefined) return sold
  throw new ActivationError('NO_PRODUCT_KEY', `the policy of this program knows no product "${product}"`)
}

/** Whose machine it is for the proof is about. */
function verifyLease(bytes: Uint8Array, sold: SoldProduct, now: Instant): VerifiedAnswer {
  const answer = verifyStandingLease(parseLeaseFile(bytes), sold)
  const { notBefore, expires } = answer.grant
  if (now >= expires) throw new ActivationError('LEASE_EXPIRED', `the lease ended ${toIso(expires)}`)
  if (now < notBefore) throw new ActivationError('CLOCK_SKEW', `the lease begins only ${toIso(notBefore)}`)
  return answer
}

function text(fields: ReadonlyMap<string, unknown>, name: string): string {
  const value = fields.get(name)
  if (typeof value === 'string') return value
  throw new ActivationError('MALFORMED', `the answer of the agent has no "${name}"`)
}

function wallClock(): Instant {
  return Math.floor(Date.now() / 1_000)
}
