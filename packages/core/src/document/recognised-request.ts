import { concat, equal, utf8 } from '../bytes.ts'
import type { SignedData } from '../cose/sign1.ts'
import { type PublicKey, sha256, signatureLength } from '../crypto.ts'
import type { RecognisedActivate } from '../wire/recognise-activate.ts'
import { parseFlags } from './flags.ts'
import { ctiLength, digestLength, nonceLength, uuidLength } from './limits.ts'
import { present } from './present.ts'
import type { ActivationRequest, Audience, OpenedRequest } from './request.ts'
import { requestDigest } from './request.ts'

/**
 * Gives what is left to verify of a recognised request, once its key ID is found to be the thumbprint of the key inside; `undefined` when it
 * is not (rule 13).
 */
export function signedDataIn(recognised: RecognisedActivate): SignedData | undefined {
  const { bytes, envelope, fields } = recognised
  const { machine } = envelope
  // The one encoding of a key is what its thumbprint is made of (RFC 9679).
  const thumbprint = sha256(bytes.subarray(fields.deviceKey, fields.deviceKeyEnd))
  return equal(thumbprint, bytes.subarray(machine, machine + digestLength)) ? uncheckedDataIn(recognised) : undefined
}

/** The same where the key ID is known to fit: it and the key are those of a request that was verified before. */
export function uncheckedDataIn({ bytes, envelope, fields, signature }: RecognisedActivate): SignedData {
  const { header, headerEnd, payload, payloadEnd } = envelope
  const data = concat(
    signatureBegin,
    bytes.subarray(header, headerEnd),
    noExternalData,
    bytes.subarray(payload, payloadEnd),
  )
  const key = keyAt(bytes, fields.x, fields.y)
  return { key, data, signature: bytes.slice(signature, signature + signatureLength) }
}

/** Gives what a recognised request says, its signature not looked at: for what was verified before, or is verified later (rule 15). */
export function readRecognised({ bytes, request, requestEnd, envelope, fields }: RecognisedActivate): OpenedRequest {
  const slice = (at: number, length: number): Uint8Array => bytes.slice(at, at + length)
  const { checkpoint, checkpointEnd, prev, listEpoch, listNumber } = fields
  const read: ActivationRequest = present({
    nonce: slice(fields.nonce, nonceLength),
    audience: audienceOf(bytes, fields),
    product: slice(fields.product, uuidLength),
    deviceKey: keyAt(bytes, fields.x, fields.y),
    anchor: slice(fields.anchor, digestLength),
    state: fields.state,
    time: fields.time,
    minutesLeft: fields.minutesLeft,
    flags: parseFlags(fields.flags, 'request'),
    detailsDigest: slice(fields.detailsDigest, digestLength),
    checkpoint: checkpoint === 0 ? undefined : bytes.slice(checkpoint, checkpointEnd),
    prev: prev === 0 ? undefined : slice(prev, ctiLength),
    listKnown: listEpoch < 0 ? undefined : { epoch: listEpoch, number: listNumber },
  })
  const digest = requestDigest(bytes.subarray(request, requestEnd))
  return { request: read, machine: slice(envelope.machine, digestLength), digest }
}

/** The Sig_structure of RFC 9052 §4.4 up to the protected header, and between it and the payload. */
const signatureBegin = concat(Uint8Array.of(0x84, 0x6a), utf8('Signature1'))
const noExternalData = Uint8Array.of(0x40)

function keyAt(bytes: Uint8Array, x: number, y: number): PublicKey {
  const point = new Uint8Array(1 + 2 * digestLength)
  point[0] = 4
  point.set(bytes.subarray(x, x + digestLength), 1)
  point.set(bytes.subarray(y, y + digestLength), 1 + digestLength)
  return { algorithm: 'ESP256', bytes: point }
}

function audienceOf(bytes: Uint8Array, { logId, address, addressEnd }: RecognisedActivate['fields']): Audience {
  if (logId !== 0) return { kind: 'log', logId: bytes.slice(logId, logId + digestLength) }
  return { kind: 'address', address: String.fromCharCode(...bytes.subarray(address, addressEnd)) }
}
