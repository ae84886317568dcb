import { equal } from '../bytes.ts'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { expectBytes } from '../cbor/expect.ts'
import { Fields } from '../cbor/fields.ts'
import type { CborMap, CborValue } from '../cbor/value.ts'
import { headers } from '../cose/headers.ts'
import { coseKeyOf, parseCoseKey, thumbprint } from '../cose/key.ts'
import { parseSign1, signatureInvalid, signedDataOf, signSign1 } from '../cose/sign1.ts'
import type { Sign1, SignedData } from '../cose/sign1.ts'
import { verify } from '../crypto.ts'
import type { PublicKey, Signer } from '../crypto.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { digestLength } from './limits.ts'
import { requireVersion } from './require-version.ts'

/** What a device key has signed, after the signature was found good. */
export interface DeviceDocument {
  readonly typ: string
  readonly deviceKey: PublicKey
  /** The machine ID: thumbprint of the device key, 32 bytes (rule 34). */
  readonly machine: Uint8Array
  /** The payload; version and device key are taken already. */
  readonly fields: Fields
}

/** What a device key is said to have signed: nothing of it is believed before that signature holds. */
export interface UnverifiedDocument extends DeviceDocument {
  readonly signed: SignedData
}

const version = 1

/** The header that names the key which signed: here always the machine ID (RFC 9052 §3.1). */
const keyIdHeader = 4

/** Signs a payload with a device key; version and device key are added here (protocol.md §6.1). */
export function signDeviceDocument(typ: string, payload: CborMap, signer: Signer): Uint8Array {
  const whole: CborMap = new Map<number | string, CborValue>([
    ...payload,
    [1, version],
    [5, coseKeyOf(signer.publicKey)],
  ])
  const protectedExtra = new Map([[keyIdHeader, thumbprint(signer.publicKey)]])
  return signSign1({ typ, protectedExtra, payload: encodeCbor(whole) }, signer)
}

/**
 * Opens what a device key has signed, as one of the given kinds: only after its key ID is the thumbprint of the key
 * inside and the signature of that key holds (rule 13). `KIND_MISMATCH`, `SIGNATURE_INVALID`, `UNSUPPORTED_VERSION`,
 * `UNKNOWN_CRITICAL` or `MALFORMED`.
 */
export function openDeviceDocument(bytes: Uint8Array, typs: readonly string[], what: string): DeviceDocument {
  const { signed, ...document } = readDeviceDocument(bytes, typs, what)
  if (!verify(signed.key, signed.data, signed.signature)) throw signatureInvalid(document.typ)
  return document
}

/** Reads what `openDeviceDocument` opens, and leaves the signature, and only that, to whoever can verify it elsewhere. */
export function readDeviceDocument(bytes: Uint8Array, typs: readonly string[], what: string): UnverifiedDocument {
  const sign1 = parseSign1(bytes)
  const { typ, keyId } = readHeaders(sign1, typs, what)
  const fields = new Fields(decodeCbor(expectBytes(sign1.payload, `${what}: payload`)), what)
  requireVersion(fields.uint(1), version, what)
  const deviceKey = parseCoseKey(fields.value(5))
  const machine = thumbprint(deviceKey)
  if (deviceKey.algorithm !== 'ESP256' || !equal(keyId, machine)) {
    throw new ActivationError('SIGNATURE_INVALID', `the ${what} does not name the P-256 key that it holds`)
  }
  return { typ, deviceKey, machine, fields, signed: signedDataOf(sign1, { typ, key: deviceKey }) }
}

/** COSE headers are closed: whatever is unknown in them is refused (protocol.md §1.2). */
function readHeaders(sign1: Sign1, typs: readonly string[], what: string): { typ: string; keyId: Uint8Array } {
  const fields = new Fields(sign1.protectedHeader, `${what}: protected header`)
  fields.int(headers.alg)
  const typ = fields.value(headers.typ)
  const expected = typs.find((candidate) => candidate === typ)
  if (expected === undefined) throw new ActivationError('KIND_MISMATCH', `the document is no ${what}`)
  const keyId = fields.bytes(keyIdHeader, digestLength)
  fields.endStrict()
  new Fields(sign1.unprotectedHeader, `${what}: unprotected header`).endStrict()
  return { typ: expected, keyId }
}
