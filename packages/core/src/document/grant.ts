import { equal, fromHex, toHex } from '../bytes.ts'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { expectTagged, expectText } from '../cbor/expect.ts'
import { Fields } from '../cbor/fields.ts'
import type { CborKey, CborValue } from '../cbor/value.ts'
import { ActivationError } from '../errors/activation-error.ts'
import type { Instant } from '../time.ts'
import { expectLicenseState } from './expect-license-state.ts'
import { encodeFlags, parseFlags } from './flags.ts'
import type { MachineFlags } from './flags.ts'
import { ctiLength, digestLength, nonceLength, textLimit, uuidLength } from './limits.ts'
import { parseMinutes } from './minutes.ts'
import { productName } from '../product-name.ts'

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

/** Writes the grant as the ledger stores it. */
export function encodeGrant(grant: Grant): Uint8Array {
  const claims: readonly [CborKey, CborValue][] = [
    [claim.issuer, issuerPrefix + toHex(grant.logId)],
    [claim.subject, subjectPrefix + toHex(grant.machine)],
    [claim.expires, grant.expires],
    [claim.notBefore, grant.notBefore],
    [claim.issued, grant.issued],
    [claim.cti, grant.cti],
    [claim.confirmation, new Map([[thumbprintMethod, grant.machine]])],
    [claim.nonce, grant.nonce],
    [claim.product, grant.product],
    [claim.anchor, grant.anchor],
    [claim.count, grant.count],
    [claim.threshold, grant.threshold],
    [claim.thresholdSource, thresholdSources.indexOf(grant.thresholdSource)],
    [claim.activationMinutes, grant.activationMinutes],
    [claim.renewalMinutes, grant.renewalMinutes],
    [claim.features, grant.features],
    [claim.index, grant.index],
    [claim.req, grant.req],
    [claim.detailsDigest, grant.detailsDigest],
    [claim.state, grant.state],
    [claim.flags, encodeFlags(grant.flags)],
  ]
  return encodeCbor({ tag: grantTag, value: new Map(claims) })
}

/** Reads the bytes of a grant. Its map is closed: any claim unknown here is `UNKNOWN_CRITICAL` (protocol.md §1.2). */
export function parseGrant(bytes: Uint8Array): Grant {
  return grantFromCbor(decodeCbor(bytes))
}

/** Reads a grant that is decoded already. */
export function grantFromCbor(value: CborValue): Grant {
  const fields = new Fields(expectTagged(value, what, grantTag), what)
  const machine = parseUri(fields.text(claim.subject, uriLimit), subjectPrefix)
  refuseOtherConfirmation(fields.fields(claim.confirmation), machine)
  const grant = {
    logId: parseUri(fields.text(claim.issuer, uriLimit), issuerPrefix),
    machine,
    expires: fields.uint(claim.expires),
    notBefore: fields.uint(claim.notBefore),
    issued: fields.uint(claim.issued),
    cti: fields.bytes(claim.cti, ctiLength),
    nonce: fields.bytes(claim.nonce, nonceLength),
    product: fields.bytes(claim.product, uuidLength),
    anchor: fields.bytes(claim.anchor, digestLength),
    count: fields.uint(claim.count),
    threshold: fields.uint(claim.threshold),
    thresholdSource: parseThresholdSource(fields.uint(claim.thresholdSource)),
    activationMinutes: parseMinutes(fields.value(claim.activationMinutes), `${what}: activation interval`),
    renewalMinutes: parseMinutes(fields.value(claim.renewalMinutes), `${what}: renewal interval`),
    features: fields.list(claim.features, (feature, name) => expectText(feature, name, textLimit)),
    index: fields.uint(claim.index),
    req: fields.bytes(claim.req, digestLength),
    detailsDigest: fields.bytes(claim.detailsDigest, digestLength),
    state: expectLicenseState(fields.uint(claim.state), `${what}: state`),
    flags: parseFlags(fields.uint(claim.flags), what),
  }
  fields.endStrict()
  return grant
}

const what = 'grant'

// The registered ones are of RFC 8392 and RFC 8747; the private ones lie below −65536.
const claim = {
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
const thumbprintMethod = 5

const issuerPrefix = `${productName}:log:`
const subjectPrefix = `${productName}:machine:`
const uriLimit = subjectPrefix.length + 2 * digestLength

const thresholdSources: readonly ThresholdSource[] = ['policy', 'certificate']

function parseUri(uri: string, prefix: string): Uint8Array {
  const digits = uri.slice(prefix.length)
  if (!uri.startsWith(prefix) || !/^[0-9a-f]{64}$/.test(digits)) {
    throw new ActivationError('MALFORMED', `${what}: "${uri}" is not "${prefix}" and 64 hexadecimal digits`)
  }
  return fromHex(digits)
}

function refuseOtherConfirmation(confirmation: Fields, machine: Uint8Array): void {
  const thumbprint = confirmation.bytes(thumbprintMethod, digestLength)
  confirmation.endStrict()
  if (!equal(thumbprint, machine)) {
    throw new ActivationError('MALFORMED', `${what}: the key it is bound to is not the machine it names`)
  }
}

function parseThresholdSource(value: number): ThresholdSource {
  const source = thresholdSources[value]
  if (source === undefined)
    throw new ActivationError('MALFORMED', `${what}: threshold source ${value} is neither 0 nor 1`)
  return source
}
