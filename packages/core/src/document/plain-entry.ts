import type { CborValue } from '../cbor/value.ts'
import type { PublicKey } from '../crypto.ts'
import type { Instant } from '../time.ts'
import type { MachineFlags } from './flags.ts'
import type { HardwareId } from './hardware-id.ts'
import type { Predecessor } from './predecessor.ts'

/** Where an entry that is no grant stands, and when it was written. */
export interface EntryPosition {
  /** From 0. */
  readonly index: number
  readonly time: Instant
}

/** Entry 0: who this ledger is. Its leaf hash is the log ID (rule 7). */
export interface HostActivationEntry extends EntryPosition {
  readonly kind: 'host-activation'
  readonly index: 0
  /** P-256. */
  readonly signingKey: PublicKey
  /** Ed25519, 32 bytes. */
  readonly recoveryKey: Uint8Array
  /** Ed25519, 32 bytes. */
  readonly noteKey: Uint8Array
  readonly hardware: HardwareId
  readonly cti: Uint8Array
  /** Only that of a spare has one (rule 47). */
  readonly predecessor?: Predecessor
}

/** A certificate of this host was installed or renewed. */
export interface CertificateEntry extends EntryPosition {
  readonly kind: 'certificate'
  /** SHA-256 of its DER. */
  readonly x5t: Uint8Array
  readonly notAfter: Instant
}

/** A machine was counted: once per machine, application and window. */
export interface SightingEntry extends EntryPosition {
  readonly kind: 'sighting'
  readonly machine: Uint8Array
  readonly anchor: Uint8Array
  /** The 16 bytes of the application ID. */
  readonly application: Uint8Array
  readonly flags: MachineFlags
  readonly cti: Uint8Array
}

/** A machine gave a grant back. */
export interface ReleaseEntry extends EntryPosition {
  readonly kind: 'release'
  readonly machine: Uint8Array
  /** The 16 bytes of the activation ID. */
  readonly product: Uint8Array
  /** The `cti` of the grant. */
  readonly grant: Uint8Array
  /** SHA-256 of the release as it was sent. */
  readonly req: Uint8Array
  readonly cti: Uint8Array
}

/** A grant is taken back, because its request's signature turned out to be bad (rule 15). */
export interface DisputedEntry extends EntryPosition {
  readonly kind: 'disputed'
  /** The `cti` of the grant. */
  readonly grant: Uint8Array
  /** The `req` of the grant. */
  readonly req: Uint8Array
}

/** What an administrator did; a report is one, too. */
export interface AdministrativeEntry extends EntryPosition {
  readonly kind: 'administrative'
  readonly act: string
  /** By name. */
  readonly arguments: ReadonlyMap<string, CborValue>
  readonly cti: Uint8Array
}

/** The ledger goes on from an earlier size (rule 27). */
export interface RecoveryEntry extends EntryPosition {
  readonly kind: 'recovery'
  /** COSE_Sign1 by the recovery key. */
  readonly document: Uint8Array
}

/** The bytes of earlier entries were erased (rule 31). */
export interface ForgottenEntry extends EntryPosition {
  readonly kind: 'forgotten'
  /** Their indexes. */
  readonly indexes: readonly number[]
}

/** Signed notes are made with another key from here on. */
export interface NoteKeyEntry extends EntryPosition {
  readonly kind: 'note-key'
  /** Ed25519, 32 bytes. */
  readonly noteKey: Uint8Array
}

/** An entry that is no grant. */
export type PlainEntry =
  | HostActivationEntry
  | CertificateEntry
  | SightingEntry
  | ReleaseEntry
  | DisputedEntry
  | AdministrativeEntry
  | RecoveryEntry
  | ForgottenEntry
  | NoteKeyEntry
