import { randomBytes } from 'node:crypto'
import { concat, equal, fromHex, utf8 } from '@volact/core/bytes'
import { uuidToBytes } from '@volact/core/catalog/uuid'
import { thumbprint } from '@volact/core/cose/key'
import { hmacSha256, type PublicKey } from '@volact/core/crypto'
import { detailsDigest, saltLength } from '@volact/core/document/details'
import { encodeFlags } from '@volact/core/document/flags'
import { nonceLength } from '@volact/core/document/limits'
import type { ListNumber } from '@volact/core/document/list-number'
import { makePoolProof, type PoolToken } from '@volact/core/document/pool-token'
import { type ActivationRequest, type Audience, requestDigest, signRequest } from '@volact/core/document/request'
import { licenseStates, type LicenseState } from '@volact/core/licensing/license-state'
import { type Instant, minutes } from '@volact/core/time'
import type { ActivateMessage } from '@volact/core/wire/activation-messages'
import { encodeMessage } from '@volact/core/wire/message'
import type { DeviceKey } from '../folder/device-key.ts'
import type { PendingRequest } from '../folder/pending-request.ts'
import type { Machine } from './machine.ts'

/** What a request is about: all of it but what is new in each one, nonce and time. */
export interface RequestTerms {
  /** Who sells the product: no two vendors see the same salt. */
  readonly vendor: string
  readonly audience: Audience
  readonly activationId: string
  readonly deviceKey: PublicKey
  readonly machine: Machine
  readonly state: LicenseState
  readonly checkpoint?: Uint8Array
  readonly prev?: Uint8Array
  readonly challenge?: Uint8Array
  readonly listKnown?: ListNumber
  /** Number of a recovery that shall be shown with the grant (rule 27). */
  readonly recovery?: number
  /** Size of the tree that is known beside the one that the checkpoint is of (rule 29). */
  readonly since?: number
  /** `x5t` of the host certificate that need not be sent again. */
  readonly knownCertificate?: Uint8Array
}

/** Makes a request that travels on another way than the network, signed as what it is by whoever calls. */
export function requestMessage(
  terms: RequestTerms,
  { saltKey }: Pick<DeviceKey, 'saltKey'>,
  time: Instant,
  sign: (request: ActivationRequest) => Uint8Array,
): ActivateMessage {
  const { details } = terms.machine
  const salt = saltFor(terms, saltKey)
  return { kind: 'activate', request: sign(requestOf(terms, detailsDigest(salt, details), time)), salt, details }
}

/** Makes a new request, its nonce from the operating system (rule 53). A pool's token proves itself beside it (rule 38). */
export function newRequest(
  terms: RequestTerms,
  { signer, saltKey }: Pick<DeviceKey, 'signer' | 'saltKey'>,
  time: Instant,
  pool?: PoolToken,
): Omit<PendingRequest, 'tries'> {
  const { details } = terms.machine
  const salt = saltFor(terms, saltKey)
  const request = requestOf(terms, detailsDigest(salt, details), time)
  const signed = signRequest(request, signer)
  const digest = requestDigest(signed)
  const message: ActivateMessage = {
    ...{ kind: 'activate', request: signed, salt, details },
    ...(pool && { pool: makePoolProof(pool, digest) }),
    ...(terms.recovery !== undefined && { recovery: terms.recovery }),
    ...(terms.since !== undefined && { since: terms.since }),
    ...(terms.knownCertificate && { knownCertificate: terms.knownCertificate }),
  }
  const opened = { request, machine: thumbprint(signer.publicKey), digest }
  return { message, bytes: encodeMessage(message), opened }
}

/**
 * Derives the salt, which stays the same for as long as the details do, so that a host can see by what it keeps of the last request that
 * nothing has changed (rule 15). Who does not have the key can neither guess it nor tell that two ledgers have the same details.
 */
function saltFor({ vendor, audience, machine }: RequestTerms, saltKey: Uint8Array): Uint8Array {
  const whom = audience.kind === 'log' ? audience.logId : utf8(audience.address)
  const parts = [utf8(vendor), whom, machine.details].flatMap((part) => [lengthOf(part), part])
  return hmacSha256(saltKey, concat(...parts)).slice(0, saltLength)
}

function lengthOf({ length }: Uint8Array): Uint8Array {
  return Uint8Array.of(length >> 8, length)
}

function requestOf(terms: RequestTerms, digest: Uint8Array, time: Instant): ActivationRequest {
  const { audience, activationId, deviceKey, machine, state, checkpoint, prev, challenge, listKnown } = terms
  return {
    nonce: new Uint8Array(randomBytes(nonceLength)),
    audience,
    product: uuidToBytes(activationId),
    deviceKey,
    anchor: machine.anchor,
    state: licenseStates[state.state].number,
    time,
    minutesLeft: 'until' in state ? Math.max(0, Math.floor((state.until - time) / minutes(1))) : 0,
    flags: machine.flags,
    detailsDigest: digest,
    ...(checkpoint && { checkpoint }),
    ...(prev && { prev }),
    ...(listKnown && { listKnown: { epoch: listKnown.epoch, number: listKnown.number } }),
    ...(challenge && { challenge }),
  }
}

/**
 * Says whether a request that was sent before still says what would be said now, so that its bytes may be sent again (rule 14).
 * An answer to a challenge is repeated as it is: if the challenge is too old by now, the host gives another one.
 */
export function isStillTrue({ opened: { request }, message }: PendingRequest, terms: RequestTerms): boolean {
  return (
    isSameAudience(request.audience, terms.audience) &&
    isSameMachine(request, terms) &&
    equal(message.details, terms.machine.details) &&
    message.recovery === terms.recovery &&
    message.since === terms.since &&
    equal(request.product, uuidToBytes(terms.activationId)) &&
    request.state === licenseStates[terms.state.state].number &&
    isSame(request.checkpoint, terms.checkpoint) &&
    isSame(request.prev, terms.prev) &&
    (terms.challenge === undefined || isSame(request.challenge, terms.challenge))
  )
}

/** Names a ledger by its ID, or a host by the address dialled while its ledger is not known (rule 13). */
export function audienceFor(logId: string | undefined, address: string): Audience {
  return logId === undefined ? { kind: 'address', address } : { kind: 'log', logId: fromHex(logId) }
}

function isSameAudience(a: Audience, b: Audience): boolean {
  if (a.kind === 'log') return b.kind === 'log' && equal(a.logId, b.logId)
  return b.kind === 'address' && a.address === b.address
}

function isSameMachine(request: ActivationRequest, { machine, deviceKey }: RequestTerms): boolean {
  const flags = encodeFlags(request.flags) === encodeFlags(machine.flags)
  return flags && equal(request.anchor, machine.anchor) && equal(request.deviceKey.bytes, deviceKey.bytes)
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equal(a, b)
}
