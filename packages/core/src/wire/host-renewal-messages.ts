import { expectBytes } from '../cbor/expect.ts'
import type { Fields } from '../cbor/fields.ts'
import type { CborValue } from '../cbor/value.ts'
import { present } from '../document/present.ts'
import { encodeRecoveryNotice, parseRecoveryNotice, type RecoveryNotice } from '../document/recovery-notice.ts'
import { readChain } from './fields.ts'
import type { MessageField } from './fields.ts'
import { textLimit } from './limits.ts'

/**
 * Asks the authority for the next certificate of a log: `request` is a PKCS#10 request in DER by the new key, `entry` the ledger's entry
 * that names this key, `receipt` its receipt under the present certificate, with consistency from the last tree that the authority saw.
 */
export interface RenewHostMessage {
  readonly kind: 'renew-host'
  readonly request: Uint8Array
  readonly entry: Uint8Array
  readonly receipt: Uint8Array
  readonly version: string
  /** Why the ledger does not continue what the authority saw (rule 27). */
  readonly recovery?: RecoveryNotice
  /** How a spare has taken over, with its receipt under the same tree head: the renewal is its confirmation (rule 47). */
  readonly takeOver?: EntryNotice
}

/** An entry of a ledger with its receipt. As it was received, nothing in it is believed. */
export interface EntryNotice {
  readonly entry: Uint8Array
  readonly receipt: Uint8Array
}

/** Brings the chain (leaf first, without the root) and the newest pack. */
export interface HostRenewedMessage {
  readonly kind: 'host-renewed'
  readonly chain: readonly Uint8Array[]
  readonly pack: Uint8Array
}

export function writeRenewHost(message: RenewHostMessage): readonly MessageField[] {
  return [
    [2, message.request],
    [3, message.entry],
    [4, message.receipt],
    [5, message.version],
    [-6, message.recovery && encodeRecoveryNotice(message.recovery)],
    [-7, message.takeOver && [message.takeOver.entry, message.takeOver.receipt]],
  ]
}

export function readRenewHost(fields: Fields): RenewHostMessage {
  return present({
    kind: 'renew-host' as const,
    request: fields.bytes(2),
    entry: fields.bytes(3),
    receipt: fields.bytes(4),
    version: fields.text(5, textLimit),
    recovery: fields.optional(-6, (key) => parseRecoveryNotice(fields.value(key))),
    takeOver: fields.optional(-7, (key) => parseEntryNotice(fields.array(key, 2))),
  })
}

export function writeHostRenewed(message: HostRenewedMessage): readonly MessageField[] {
  return [
    [2, message.chain],
    [3, message.pack],
  ]
}

export function readHostRenewed(fields: Fields): HostRenewedMessage {
  return { kind: 'host-renewed', chain: readChain(fields, 2), pack: fields.bytes(3) }
}

function parseEntryNotice([entry = null, receipt = null]: readonly CborValue[]): EntryNotice {
  return { entry: expectBytes(entry, 'message: entry'), receipt: expectBytes(receipt, 'message: receipt') }
}
