import { productName } from '../product-name.ts'
import type { Instant } from '../time.ts'
import type { MachineFlags } from './flags.ts'

/** Who named the threshold that a grant was decided on (rule 10). */
export type ThresholdSource = 'policy' | 'certificate'

/** The claims of a lease: a CWT (RFC 8392), signed by nothing but the ledger's receipt (rule 23, protocol.md §7.3). */
export interface Grant {
  /** The ledger in which the grant stands: its issuer. */
  readonly logId: Uint8Array
  /** The machine it is for: the thumbprint of its device key. */
  readonly machine: Uint8Array
  /** The first instant at which it is over. */
  readonly expires: Instant
  readonly notBefore: Instant
  readonly issued: Instant
  readonly cti: Uint8Array
  /** That of the request. */
  readonly nonce: Uint8Array
  /** The 16 bytes of the activation ID. */
  readonly product: Uint8Array
  readonly anchor: Uint8Array
  /** The reported count, the asking machine included. */
  readonly count: number
  readonly threshold: number
  readonly thresholdSource: ThresholdSource
  readonly activationMinutes: number
  readonly renewalMinutes: number
  readonly features: readonly string[]
  /** Place of this entry in the ledger, from 0. */
  readonly index: number
  /** SHA-256 of the request as it was sent (rule 14). */
  readonly req: Uint8Array
  readonly detailsDigest: Uint8Array
  /** The license state that the client named when it asked, 0 to 6. */
  readonly state: number
  readonly flags: MachineFlags
}

/** The tag of CWT claims sets that are not signed themselves (RFC 9781). */
export const grantTag = 601

/** The keys of a grant (protocol.md §7.3): the registered ones are of RFC 8392 and RFC 8747; the private ones lie below −65536. */
export const claim = {
  issuer: 1,
  subject: 2,
  expires: 4,
  notBefore: 5,
  issued: 6,
  cti: 7,
  confirmation: 8,
  nonce: 10,
  product: -65537,
  anchor: -65538,
  count: -65539,
  threshold: -65540,
  thresholdSource: -65541,
  activationMinutes: -65542,
  renewalMinutes: -65543,
  features: -65544,
  index: -65545,
  req: -65546,
  detailsDigest: -65547,
  state: -65548,
  flags: -65549,
} as const

/** `ckt`, the confirmation method of RFC 9679. */
export const thumbprintMethod = 5

/** What the issuer's URI begins with, before the digits of the log ID. */
export const issuerPrefix: string = uri('log')

/** What the subject's URI begins with, before the digits of the machine ID. */
export const subjectPrefix: string = uri('machine')

/** By their numbers. */
export const thresholdSources: readonly ThresholdSource[] = ['policy', 'certificate']

function uri(what: 'log' | 'machine'): string {
  return `${productName}:${what}:`
}
