import type { Fields } from '../cbor/fields.ts'
import { saltLength } from '../document/details.ts'
import { digestLength } from '../document/limits.ts'
import { type PoolProof, poolLimits } from '../document/pool-token.ts'
import type { Consistency } from '../document/receipt.ts'
import { challengeLength } from '../document/request.ts'
import { present } from '../document/present.ts'
import { encodeRecoveryNotice, parseRecoveryNotice, type RecoveryNotice } from '../document/recovery-notice.ts'
import { encodeTwinNotice, parseTwinNotice, type TwinNotice } from '../document/twin-notice.ts'
import { expectArray, expectBytes, expectText, expectUint } from '../cbor/expect.ts'
import type { CborValue } from '../cbor/value.ts'
import { readChain } from './fields.ts'
import type { MessageField } from './fields.ts'

/** Asks to activate or renew. `knownCertificate` is the `x5t` of the host certificate that need not be sent again. */
export interface ActivateMessage {
  readonly kind: 'activate'
  readonly request: Uint8Array
  readonly salt: Uint8Array
  readonly details: Uint8Array
  readonly knownCertificate?: Uint8Array
  /** Of a machine of an ephemeral pool (rule 38). */
  readonly pool?: PoolProof
  /** Number of a recovery of this log that shall be shown (again) with the grant (rule 27). */
  readonly recovery?: number
  /** Size of another tree of this log from which growth shall be shown, too, beside that from the checkpoint of the request (rule 29). */
  readonly since?: number
}

/** Grants: the entry, its receipt, and the chain (leaf first, without the root) if the client does not have it. */
export interface GrantMessage {
  readonly kind: 'grant'
  readonly entry: Uint8Array
  readonly receipt: Uint8Array
  readonly chain?: readonly Uint8Array[]
  /** Tells the machine that another one uses its identity; only `openTwinNotice` makes it believable. */
  readonly twin?: TwinNotice
  /** Shows that the ledger goes on from an earlier size; only `openRecoveryNotice` makes it believable. */
  readonly recovery?: RecoveryNotice
  /** Shows growth from the other size that was asked about, to the tree of the receipt. Unsigned: whoever has that tree's root checks it. */
  readonly since?: Consistency
}

/** Asks for the request again with these 16 bytes in it (rule 16). */
export interface ChallengeMessage {
  readonly kind: 'challenge'
  readonly challenge: Uint8Array
}

/** Gives a grant back. */
export interface ReleaseMessage {
  readonly kind: 'release'
  readonly release: Uint8Array
}

/** Shows that the release stands in the ledger. */
export interface ReleasedMessage {
  readonly kind: 'released'
  readonly entry: Uint8Array
  readonly receipt: Uint8Array
  readonly chain?: readonly Uint8Array[]
}

export function writeActivate(message: ActivateMessage): readonly MessageField[] {
  return [
    [2, message.request],
    [3, message.salt],
    [4, message.details],
    [-4, message.knownCertificate],
    [-5, message.pool && [message.pool.id, message.pool.proof]],
    [-6, message.recovery],
    [-7, message.since],
  ]
}

export function readActivate(fields: Fields): ActivateMessage {
  return present({
    kind: 'activate' as const,
    request: fields.bytes(2),
    salt: fields.bytes(3, saltLength),
    details: fields.bytes(4),
    knownCertificate: fields.optional(-4, (key) => fields.bytes(key, 32)),
    pool: fields.optional(-5, (key) => readPoolProof(fields.value(key))),
    recovery: fields.optional(-6, (key) => fields.uint(key)),
    since: fields.optional(-7, (key) => fields.uint(key)),
  })
}

export function writeGrant(message: GrantMessage): readonly MessageField[] {
  return [
    ...writeReleased(message),
    [-5, message.twin && encodeTwinNotice(message.twin)],
    [-6, message.recovery && encodeRecoveryNotice(message.recovery)],
    [-7, message.since && encodeGrowth(message.since)],
  ]
}

export function readGrant(fields: Fields): GrantMessage {
  const twin = fields.optional(-5, (key) => parseTwinNotice(fields.value(key)))
  const recovery = fields.optional(-6, (key) => parseRecoveryNotice(fields.value(key)))
  const since = fields.optional(-7, (key) => parseGrowth(fields.value(key)))
  return present({ kind: 'grant' as const, ...readProvenEntry(fields), twin, recovery, since })
}

export function writeReleased({ entry, receipt, chain }: Omit<ReleasedMessage, 'kind'>): readonly MessageField[] {
  return [
    [2, entry],
    [3, receipt],
    [4, chain],
  ]
}

export function readReleased(fields: Fields): ReleasedMessage {
  return { kind: 'released', ...readProvenEntry(fields) }
}

export function writeChallenge({ challenge }: ChallengeMessage): readonly MessageField[] {
  return [[2, challenge]]
}

export function readChallenge(fields: Fields): ChallengeMessage {
  return { kind: 'challenge', challenge: fields.bytes(2, challengeLength) }
}

export function writeRelease({ release }: ReleaseMessage): readonly MessageField[] {
  return [[2, release]]
}

export function readRelease(fields: Fields): ReleaseMessage {
  return { kind: 'release', release: fields.bytes(2) }
}

function readProvenEntry(fields: Fields): Omit<GrantMessage, 'kind'> {
  return present({
    entry: fields.bytes(2),
    receipt: fields.bytes(3),
    chain: fields.optional(4, (key) => readChain(fields, key)),
  })
}

function readPoolProof(value: CborValue): PoolProof {
  const [id = null, proof = null] = expectArray(value, 'message: pool', 2)
  return {
    id: expectText(id, 'message: pool', poolLimits.id),
    proof: expectBytes(proof, 'message: pool proof', poolLimits.proof),
  }
}

function encodeGrowth({ from, path }: Consistency): CborValue {
  return [from, path]
}

function parseGrowth(value: CborValue): Consistency {
  const [from = null, path = null] = expectArray(value, 'message: growth', 2)
  const hashes = expectArray(path, 'message: growth').map((hash) => expectBytes(hash, 'message: growth', digestLength))
  return { from: expectUint(from, 'message: growth'), path: hashes }
}
