import { equal } from '../bytes.ts'
import { expectBytes, expectText } from '../cbor/expect.ts'
import type { Fields } from '../cbor/fields.ts'
import type { CborValue } from '../cbor/value.ts'
import { sha256 } from '../crypto.ts'
import type { PublicKey, Signer } from '../crypto.ts'
import { ActivationError } from '../errors/activation-error.ts'
import type { Instant } from '../time.ts'
import { type DeviceDocument, openDeviceDocument, readDeviceDocument, signDeviceDocument } from './device-document.ts'
import type { SignedData } from '../cose/sign1.ts'
import { expectLicenseState } from './expect-license-state.ts'
import { encodeFlags, parseFlags } from './flags.ts'
import type { MachineFlags } from './flags.ts'
import { deviceTyps } from './kinds.ts'
import { ctiLength, digestLength, nonceLength, uuidLength } from './limits.ts'
import { encodeListNumber, parseListNumber } from './list-number.ts'
import type { ListNumber } from './list-number.ts'
import { present, presentFields } from './present.ts'

/** Whom a request is for: the ledger of a host, or the name and port dialled when that is not known yet. */
export type Audience =
  { readonly kind: 'log'; readonly logId: Uint8Array } | { readonly kind: 'address'; readonly address: string }

/** What a machine asks for, and all a host needs to decide (rule 13, protocol.md §6.1). */
export interface ActivationRequest {
  /** 16 random bytes. */
  readonly nonce: Uint8Array
  readonly audience: Audience
  /** Activation ID, 16 bytes. */
  readonly product: Uint8Array
  readonly deviceKey: PublicKey
  /** Digest of the hardware, 32 bytes (rule 34). */
  readonly anchor: Uint8Array
  /** Number of the license state, 0 to 6. */
  readonly state: number
  /** The client's clock. */
  readonly time: Instant
  /** Minutes until the current state ends, 0 if it does not. */
  readonly minutesLeft: number
  readonly flags: MachineFlags
  /** SHA-256 over salt and details, 32 bytes. */
  readonly detailsDigest: Uint8Array
  /** The newest checkpoint known, as it was kept, of any log of this vendor. */
  readonly checkpoint?: Uint8Array
  /** The `cti` of the last grant stored for this license, 16 bytes. */
  readonly prev?: Uint8Array
  /** The revocation list known. */
  readonly listKnown?: ListNumber
  /** What the host has sent as challenge, 16 bytes (rule 16). */
  readonly challenge?: Uint8Array
}

/** A request whose signature holds: `digest` is its `req`. */
export interface OpenedRequest {
  readonly request: ActivationRequest
  /** The machine ID, 32 bytes. */
  readonly machine: Uint8Array
  /** SHA-256 over the request as received, 32 bytes. */
  readonly digest: Uint8Array
}

/** The length of a challenge, in bytes. */
export const challengeLength = 16

/** The longest name and port of a host, in UTF-16 code units. */
export const addressLimit = 300

/** Signs a request with the device key that it names. With a challenge in it, it is signed as the answer to that. */
export function signRequest(request: ActivationRequest, signer: Signer): Uint8Array {
  return signRequestAs(typFor(request), request, signer)
}

/** Signs a request as a document of a kind (rule 4). */
export function signRequestAs(typ: string, request: ActivationRequest, signer: Signer): Uint8Array {
  if (!equal(request.deviceKey.bytes, signer.publicKey.bytes)) throw new Error('a request is signed by its device key')
  const { audience, listKnown } = request
  const payload = presentFields([
    [2, request.nonce],
    [3, audience.kind === 'log' ? audience.logId : audience.address],
    [4, request.product],
    [6, request.anchor],
    [7, request.state],
    [8, request.time],
    [9, request.minutesLeft],
    [10, encodeFlags(request.flags)],
    [11, request.detailsDigest],
    [12, request.checkpoint],
    [13, request.prev],
    [14, listKnown && encodeListNumber(listKnown)],
    [16, request.challenge],
  ])
  return signDeviceDocument(typ, payload, signer)
}

/**
 * Opens a request: only after its key ID is the thumbprint of the device key inside and the signature of that key holds.
 * Errors: `KIND_MISMATCH` (also for an answer to a challenge without one, rule 4), `SIGNATURE_INVALID`,
 * `UNSUPPORTED_VERSION`, `UNKNOWN_CRITICAL`, `MALFORMED`.
 */
export function openRequest(bytes: Uint8Array): OpenedRequest {
  return requestIn(openDeviceDocument(bytes, requestTyps, 'request'), bytes)
}

/** A request whose signature is still to be verified: until then nothing that it says is believed. */
export interface UnverifiedRequest {
  readonly opened: OpenedRequest
  readonly signed: SignedData
}

/** Reads what `openRequest` opens, and leaves the signature to be verified elsewhere. */
export function readRequest(bytes: Uint8Array): UnverifiedRequest {
  const document = readDeviceDocument(bytes, requestTyps, 'request')
  return { opened: requestIn(document, bytes), signed: document.signed }
}

const requestTyps = [deviceTyps.request, deviceTyps.challengedRequest]

function requestIn(document: DeviceDocument, bytes: Uint8Array): OpenedRequest {
  const request = readRequestFields(document.fields, document.deviceKey)
  if (typFor(request) !== document.typ) {
    throw new ActivationError(
      'KIND_MISMATCH',
      'a request with a challenge is signed as the answer to it, and only then',
    )
  }
  return { request, machine: document.machine, digest: requestDigest(bytes) }
}

/** Computes `req`, by which a grant names its request: SHA-256 over the request's bytes as sent (rule 14). */
export function requestDigest(bytes: Uint8Array): Uint8Array {
  return sha256(bytes)
}

function typFor({ challenge }: ActivationRequest): string {
  return challenge === undefined ? deviceTyps.request : deviceTyps.challengedRequest
}

/** Reads the payload of a request; version and device key are taken already. */
export function readRequestFields(fields: Fields, deviceKey: PublicKey): ActivationRequest {
  const request = present({
    nonce: fields.bytes(2, nonceLength),
    audience: parseAudience(fields.value(3)),
    product: fields.bytes(4, uuidLength),
    deviceKey,
    anchor: fields.bytes(6, digestLength),
    state: expectLicenseState(fields.uint(7), 'request: state'),
    time: fields.uint(8),
    minutesLeft: fields.uint(9),
    flags: parseFlags(fields.uint(10), 'request'),
    detailsDigest: fields.bytes(11, digestLength),
    checkpoint: fields.optional(12, (key) => fields.bytes(key)),
    prev: fields.optional(13, (key) => fields.bytes(key, ctiLength)),
    listKnown: fields.optional(14, (key) => parseListNumber(fields.value(key), 'request: list known')),
    challenge: fields.optional(16, (key) => fields.bytes(key, challengeLength)),
  })
  fields.end()
  return request
}

function parseAudience(value: CborValue): Audience {
  return typeof value === 'string'
    ? { kind: 'address', address: expectText(value, 'request: audience', addressLimit) }
    : { kind: 'log', logId: expectBytes(value, 'request: audience', digestLength) }
}
