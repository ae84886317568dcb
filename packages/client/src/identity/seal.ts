import { randomBytes } from 'node:crypto'
import { equal, toHex } from '@volact/core/bytes'
import { decodeCbor } from '@volact/core/cbor/decode'
import { encodeCbor } from '@volact/core/cbor/encode'
import { expectArray, expectBytes } from '@volact/core/cbor/expect'
import type { CborValue } from '@volact/core/cbor/value'
import { hmacSha256 } from '@volact/core/crypto'
import { openContainer } from '@volact/core/document/container'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type Digest, evidenceOf, type HardwareEvidence } from '@volact/core/licensing/hardware-evidence'
import { componentDigestLength, vectorComponents } from '@volact/core/licensing/vector'
import { type ClientFiles, fileLimits } from '../folder/client-files.ts'
import { type Found, inspect, writeKept } from '../folder/kept-file.ts'
import type { HardwareKind } from '../hardware/found-hardware.ts'
import type { HardwareFacts } from '../hardware/hardware-facts.ts'

/**
 * Which hardware a device key belongs to, in digests only (rules 33 to 36). They are salted by the folder, so that the seals of
 * two products say nothing about each other; and authenticated by the device key, so that no seal is carried to another one.
 */
export interface Seal {
  /** 16 random bytes. */
  readonly salt: Uint8Array
  /** The hardware of this machine, and the simulated one of a lab: neither is ever judged by the other. */
  readonly evidence: Readonly<Partial<Record<HardwareKind, HardwareEvidence>>>
}

const form = { name: 'volact-seal', version: 1, what: 'seal' }
const saltLength = 16

/** Looks at the seal. One that was not made with this key is damaged: it says nothing about this identity. */
export function inspectSeal({ seal }: ClientFiles, sealKey: Uint8Array): Found<Seal> {
  const parse = (bytes: Uint8Array): Seal => parseSeal(bytes, sealKey)
  return inspect({ path: seal, maxBytes: fileLimits.seal, what: 'the seal', parse })
}

/** Writes the seal, durably. The folder's lock is held. */
export function writeSeal({ seal }: ClientFiles, sealKey: Uint8Array, { salt, evidence }: Seal): void {
  const body = encodeCbor([salt, encodeEvidence(evidence.real), encodeEvidence(evidence.simulated)])
  writeKept(seal, encodeCbor([form.name, form.version, [body, hmacSha256(sealKey, body)]]))
}

/** A seal of no hardware yet. */
export function newSeal(): Seal {
  return { salt: new Uint8Array(randomBytes(saltLength)), evidence: {} }
}

/** Puts what a probe has found into the form of the seal. */
export function evidenceFor({ salt }: Seal, facts: HardwareFacts): HardwareEvidence {
  return evidenceOf({ ...facts, vendorId: toHex(salt) })
}

function encodeEvidence(evidence: HardwareEvidence | undefined): CborValue {
  return evidence === undefined ? null : [evidence.anchorParts, evidence.vector, evidence.virtual]
}

function parseSeal(bytes: Uint8Array, sealKey: Uint8Array): Seal {
  const [body = null, mac = null] = expectArray(openContainer(bytes, form), form.what, 2)
  const content = expectBytes(body, form.what)
  if (!equal(expectBytes(mac, form.what), hmacSha256(sealKey, content))) {
    throw new ActivationError('SIGNATURE_INVALID', 'it was not made with this device key')
  }
  const [salt = null, real = null, simulated = null] = expectArray(decodeCbor(content), form.what, 3)
  return {
    salt: expectBytes(salt, form.what, saltLength),
    evidence: { ...parseEvidence('real', real), ...parseEvidence('simulated', simulated) },
  }
}

function parseEvidence(kind: HardwareKind, value: CborValue): Seal['evidence'] {
  if (value === null) return {}
  const [parts = null, vector = null, virtual = null] = expectArray(value, form.what, 3)
  const [uuid = null, board = null, disk = null] = digests(parts, 3)
  const anchorParts = [uuid, board, disk] as const
  return { [kind]: { anchorParts, vector: digests(vector, vectorComponents.length), virtual: virtual === true } }
}

function digests(value: CborValue, count: number): readonly Digest[] {
  return expectArray(value, form.what, count).map((digest) =>
    digest === null ? null : expectBytes(digest, form.what, componentDigestLength),
  )
}
