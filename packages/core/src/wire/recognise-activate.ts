import { concat } from '../bytes.ts'
import { ByteScan } from '../cbor/byte-scan.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { coseAlgorithms } from '../cose/algorithm.ts'
import { headers } from '../cose/headers.ts'
import { signatureLength } from '../crypto.ts'
import { saltLength } from '../document/details.ts'
import { deviceTyps } from '../document/kinds.ts'
import { ctiLength, digestLength, lastLicenseState, nonceLength, uuidLength } from '../document/limits.ts'
import { addressLimit } from '../document/request.ts'

/**
 * Where things lie in an `activate` message that was recognised: offsets into `bytes`, which stay as they came; 0 where something is not
 * there. Nothing is proven; least of all that `machine`, the key ID, is the thumbprint of the key inside.
 */
export interface RecognisedActivate {
  readonly bytes: Uint8Array
  /** The request as it is signed and hashed. */
  readonly request: number
  readonly requestEnd: number
  readonly envelope: RecognisedEnvelope
  readonly fields: RecognisedRequest
  /** 64 bytes. */
  readonly signature: number
  /** Salt and details, from the key of the salt to the end of the details. */
  readonly beside: number
  readonly salt: number
  readonly details: number
  readonly besideEnd: number
  /** The `x5t` of the certificate that the client has. */
  readonly known: number
}

/** The parts of the COSE_Sign1. Header and payload are byte strings with their heads, as the signature covers them. */
export interface RecognisedEnvelope {
  readonly header: number
  readonly headerEnd: number
  /** The key ID, which says which machine this is. */
  readonly machine: number
  readonly payload: number
  readonly payloadEnd: number
}

/** The fields of the request. From `stable` to `stableEnd`, and from `flagsKey` to `flagsEnd`, lies what stays the same in each one of a license. */
export interface RecognisedRequest {
  readonly nonce: number
  readonly stable: number
  /** Of the audience one or the other: the log ID, or a text with its end. */
  readonly logId: number
  readonly address: number
  readonly addressEnd: number
  readonly product: number
  /** The COSE_Key, and the coordinates in it. */
  readonly deviceKey: number
  readonly x: number
  readonly y: number
  readonly deviceKeyEnd: number
  readonly anchor: number
  readonly state: number
  readonly stableEnd: number
  readonly time: number
  readonly minutesLeft: number
  readonly flagsKey: number
  readonly flags: number
  readonly detailsDigest: number
  readonly flagsEnd: number
  readonly checkpoint: number
  readonly checkpointEnd: number
  readonly prev: number
  /** Epoch and number of the revocation list known; −1 for none. */
  readonly listEpoch: number
  readonly listNumber: number
}

/**
 * Recognises the usual `activate` message in its one encoding, without decoding it: a request that answers no challenge, its salt and
 * details, perhaps the certificate that is known, and nothing beside. What is declined (`undefined`) may be as good, and is then decoded
 * as any message is; what is recognised says the same when it is decoded.
 */
export function recogniseActivate(bytes: Uint8Array): RecognisedActivate | undefined {
  const scan = new ByteScan(bytes)
  const count = scan.mapHead()
  scan.literal(messageBegin)
  const request = scan.string()
  const requestEnd = scan.end
  scan.limitTo(requestEnd)
  const envelope = scanEnvelope(scan)
  scan.limitTo(envelope.payloadEnd)
  const fields = scanPayload(scan)
  scan.require(scan.isAtEnd)
  scan.limitTo(requestEnd)
  const signature = scan.fixed(signatureLength)
  scan.require(scan.isAtEnd)
  scan.limitTo(bytes.length)
  const beside = scan.at
  scan.byte(saltKey)
  const salt = scan.fixed(saltLength)
  scan.byte(detailsKey)
  const details = scan.bytes()
  const besideEnd = scan.at
  const known = optionalFixed(scan, knownKey, digestLength)
  scan.require(count === (known === 0 ? 5 : 6))
  if (!scan.isAtEnd) return undefined
  return { bytes, request, requestEnd, envelope, fields, signature, beside, salt, details, besideEnd, known }
}

// Keys and heads of one byte.
const [saltKey, detailsKey, knownKey] = [3, 4, 0x23]
const [arrayOfFour, emptyMap, arrayOfTwo] = [0x84, 0xa0, 0x82]

/** Version 1, kind 1, and the key of the request. */
const messageBegin = Uint8Array.of(0, 1, 1, 1, 2)

/** The tag of a COSE_Sign1, and that it is an array of four. */
const envelopeBegin = Uint8Array.of(0xd2, arrayOfFour)

/** The protected header: algorithm, key ID, kind. */
const headerBegin = Uint8Array.of(0xa3, headers.alg, 0xff & (0x20 + (-1 - coseAlgorithms.ESP256)), 4)
const headerEnd = concat(Uint8Array.of(headers.typ), encodeCbor(deviceTyps.request))

/** The device key: kind, curve, and the key of x. */
const deviceKeyBegin = Uint8Array.of(0xa4, 1, 2, 0x20, 1, 0x21)
const keyOfY = 0x22

function scanEnvelope(scan: ByteScan): RecognisedEnvelope {
  scan.literal(envelopeBegin)
  const header = scan.at
  scan.string()
  const end = scan.end
  scan.literal(headerBegin)
  const machine = scan.fixed(digestLength)
  scan.literal(headerEnd)
  scan.require(scan.at === end)
  scan.byte(emptyMap)
  const payload = scan.at
  scan.string()
  return { header, headerEnd: end, machine, payload, payloadEnd: scan.end }
}

function scanPayload(scan: ByteScan): RecognisedRequest {
  const count = scan.mapHead()
  scan.byte(1)
  scan.byte(1)
  scan.byte(2)
  const nonce = scan.fixed(nonceLength)
  const unchanging = scanUnchanging(scan)
  scan.byte(8)
  const time = scan.uint()
  scan.byte(9)
  const minutesLeft = scan.uint()
  const flagsKey = scan.at
  scan.byte(10)
  const flags = scan.uint()
  scan.require(flags <= 7)
  scan.byte(11)
  const detailsDigest = scan.fixed(digestLength)
  const flagsEnd = scan.at
  const optional = scanOptional(scan)
  scan.require(count === 11 + optional.fields)
  return { nonce, ...unchanging, time, minutesLeft, flagsKey, flags, detailsDigest, flagsEnd, ...optional }
}

function scanUnchanging(scan: ByteScan): UnchangingFields {
  const stable = scan.at
  scan.byte(3)
  const isLog = scan.isNext(0x58)
  const audience = isLog ? scan.fixed(digestLength) : scan.ascii(addressLimit)
  const audienceEnd = scan.at
  scan.byte(4)
  const product = scan.fixed(uuidLength)
  scan.byte(5)
  const deviceKey = scan.at
  scan.literal(deviceKeyBegin)
  const x = scan.fixed(digestLength)
  scan.byte(keyOfY)
  const y = scan.fixed(digestLength)
  const deviceKeyEnd = scan.at
  scan.byte(6)
  const anchor = scan.fixed(digestLength)
  scan.byte(7)
  const state = scan.uint()
  scan.require(state <= lastLicenseState)
  const stableEnd = scan.at
  const [logId, address, addressEnd] = isLog ? [audience, 0, 0] : [0, audience, audienceEnd]
  return { stable, logId, address, addressEnd, product, deviceKey, x, y, deviceKeyEnd, anchor, state, stableEnd }
}

function scanOptional(scan: ByteScan): OptionalFields {
  const hasCheckpoint = scan.isNext(12)
  if (hasCheckpoint) scan.byte(12)
  const checkpoint = hasCheckpoint ? scan.bytes() : 0
  const checkpointEnd = hasCheckpoint ? scan.at : 0
  const prev = optionalFixed(scan, 13, ctiLength)
  const hasList = scan.isNext(14)
  if (hasList) scan.byte(14)
  if (hasList) scan.byte(arrayOfTwo)
  const listEpoch = hasList ? scan.uint() : -1
  const listNumber = hasList ? scan.uint() : -1
  const fields = Number(hasCheckpoint) + Number(prev !== 0) + Number(hasList)
  return { checkpoint, checkpointEnd, prev, listEpoch, listNumber, fields }
}

function optionalFixed(scan: ByteScan, key: number, length: number): number {
  if (!scan.isNext(key)) return 0
  scan.byte(key)
  return scan.fixed(length)
}

type OptionalFields = Pick<RecognisedRequest, 'checkpoint' | 'checkpointEnd' | 'prev' | 'listEpoch' | 'listNumber'> & {
  readonly fields: number
}

type UnchangingFields = Pick<
  RecognisedRequest,
  | 'stable'
  | 'logId'
  | 'address'
  | 'addressEnd'
  | 'product'
  | 'deviceKey'
  | 'x'
  | 'y'
  | 'deviceKeyEnd'
  | 'anchor'
  | 'state'
  | 'stableEnd'
>
