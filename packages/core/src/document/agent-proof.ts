import { equal } from '../bytes.ts'
import type { Fields } from '../cbor/fields.ts'
import type { PublicKey, Signer } from '../crypto.ts'
import { ActivationError } from '../errors/activation-error.ts'
import type { Instant } from '../time.ts'
import { openDeviceDocument, signDeviceDocument } from './device-document.ts'
import { deviceTyps } from './kinds.ts'
import { digestLength, uuidLength } from './limits.ts'

/** An agent's answer to a nonce: the machine of this device key was there just now, with this lease (rule 4, protocol.md §6.6). */
export interface AgentProof {
  /** The caller's, 16 to 64 bytes. */
  readonly nonce: Uint8Array
  /** Activation ID, 16 bytes. */
  readonly product: Uint8Array
  readonly deviceKey: PublicKey
  /** The agent's clock. */
  readonly time: Instant
  /** The number of the caller's account as the caller stated it; `noUid` where accounts have none. */
  readonly uid: number
  /** SHA-256 over the lease file beside the proof, 32 bytes. */
  readonly leaseDigest: Uint8Array
}

/** What a caller asked for and was given, which the proof must name; `machine` is the one that the lease is bound to. */
export interface ExpectedProof extends Pick<AgentProof, 'nonce' | 'product' | 'uid' | 'leaseDigest'> {
  /** The machine ID, 32 bytes. */
  readonly machine: Uint8Array
}

/** The shortest and the longest nonce that an agent signs, in bytes. */
export const proofNonceLengths = { least: 16, most: 64 } as const

/** The number of an account where accounts have no numbers, and the largest one: what POSIX writes for "nobody at all". */
export const noUid = 0xffff_ffff

/** Signs a proof with the device key that it names. */
export function signAgentProof(proof: AgentProof, signer: Signer): Uint8Array {
  if (!equal(proof.deviceKey.bytes, signer.publicKey.bytes)) throw new Error('a proof is signed by its device key')
  requireNonce(proof.nonce)
  requireUid(proof.uid)
  const payload = new Map<number, Uint8Array | number | string>([
    [2, proof.nonce],
    [4, proof.product],
    [8, proof.time],
    [17, context],
    [18, proof.uid],
    [19, proof.leaseDigest],
  ])
  return signDeviceDocument(deviceTyps.agentProof, payload, signer)
}

/**
 * Opens a proof: only after the signature of the device key holds, as with `openRequest` and with the same errors, and only
 * when it is the answer to exactly what was asked: else `PROOF_MISMATCH`.
 */
export function openAgentProof(bytes: Uint8Array, expected: ExpectedProof): AgentProof {
  const { fields, deviceKey, machine } = openDeviceDocument(bytes, [deviceTyps.agentProof], 'proof')
  const proof = readProof(fields, deviceKey)
  const wrong = mismatch(proof, machine, expected)
  if (wrong === undefined) return proof
  throw new ActivationError('PROOF_MISMATCH', `the proof is for another ${wrong} than the one that was asked for`)
}

/** Rule 4: what a device key signs for one purpose says so inside, beside the `typ`. */
const context = 'volact agent proof v1'

function readProof(fields: Fields, deviceKey: PublicKey): AgentProof {
  const nonce = requireNonce(fields.bytes(2))
  const product = fields.bytes(4, uuidLength)
  const time = fields.uint(8)
  if (fields.text(17, context.length) !== context) {
    throw new ActivationError('KIND_MISMATCH', `the proof does not say "${context}"`)
  }
  const uid = requireUid(fields.uint(18))
  const leaseDigest = fields.bytes(19, digestLength)
  fields.end()
  return { nonce, product, deviceKey, time, uid, leaseDigest }
}

function mismatch(proof: AgentProof, machine: Uint8Array, expected: ExpectedProof): string | undefined {
  if (!equal(proof.nonce, expected.nonce)) return 'nonce'
  if (!equal(machine, expected.machine)) return 'machine'
  if (!equal(proof.product, expected.product)) return 'product'
  if (!equal(proof.leaseDigest, expected.leaseDigest)) return 'lease'
  return proof.uid === expected.uid ? undefined : 'account'
}

function requireNonce(nonce: Uint8Array): Uint8Array {
  const { least, most } = proofNonceLengths
  if (nonce.length >= least && nonce.length <= most) return nonce
  throw new ActivationError('MALFORMED', `proof: the nonce must have ${least} to ${most} bytes, not ${nonce.length}`)
}

function requireUid(uid: number): number {
  if (uid >= 0 && uid <= noUid) return uid
  throw new ActivationError('MALFORMED', `proof: the account must be a number from 0 to ${noUid}, not ${uid}`)
}
