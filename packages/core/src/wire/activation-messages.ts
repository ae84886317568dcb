import type { Fields } from '../cbor/fields.ts'
import { saltLength } from '../document/details.ts'
import { challengeLength } from '../document/request.ts'
import { present } from '../document/present.ts'
import { readChain } from './fields.ts'
import type { MessageField } from './fields.ts'

/** Asks to activate or renew. `knownCertificate` is the `x5t` of the host certificate that need not be sent again. */
export interface ActivateMessage {
  readonly kind: 'activate'
  readonly request: Uint8Array
  readonly salt: Uint8Array
  readonly details: Uint8Array
  readonly knownCertificate?: Uint8Array
}

/** Grants: the entry, its receipt, and the chain (leaf first, without the root) if the client does not have it. */
export interface GrantMessage {
  readonly kind: 'grant'
  readonly entry: Uint8Array
  readonly receipt: Uint8Array
  readonly chain?: readonly Uint8Array[]
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
  ]
}

export function readActivate(fields: Fields): ActivateMessage {
  return present({
    kind: 'activate' as const,
    request: fields.bytes(2),
    salt: fields.bytes(3, saltLength),
    details: fields.bytes(4),
    knownCertificate: fields.optional(-4, (key) => fields.bytes(key, 32)),
  })
}

export function writeGrant({ entry, receipt, chain }: GrantMessage | ReleasedMessage): readonly MessageField[] {
  return [
    [2, entry],
    [3, receipt],
    [4, chain],
  ]
}

export function readGrant(fields: Fields): GrantMessage {
  return { kind: 'grant', ...readProvenEntry(fields) }
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
