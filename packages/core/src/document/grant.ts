import { equal, fromHex } from '../bytes.ts'
import { decodeCbor } from '../cbor/decode.ts'
import { expectTagged, expectText } from '../cbor/expect.ts'
import { Fields } from '../cbor/fields.ts'
import type { CborValue } from '../cbor/value.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { expectLicenseState } from './expect-license-state.ts'
import { parseFlags } from './flags.ts'
import { ctiLength, digestLength, nonceLength, textLimit, uuidLength } from './limits.ts'
import { parseMinutes } from './minutes.ts'
import {
  claim,
  type Grant,
  grantTag,
  issuerPrefix,
  subjectPrefix,
  type ThresholdSource,
  thresholdSources,
  thumbprintMethod,
} from './grant-claims.ts'
import { GrantWriter } from './grant-writer.ts'

export type { Grant, ThresholdSource } from './grant-claims.ts'

/** Writes the grant as the ledger stores it. */
export function encodeGrant(grant: Grant): Uint8Array {
  const writer = new GrantWriter(grant)
  const target = new Uint8Array(writer.mostBytes)
  return target.slice(0, writer.write(target, 0, grant))
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

const uriLimit = subjectPrefix.length + 2 * digestLength

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
