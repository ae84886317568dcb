import type { Fields } from '../cbor/fields.ts'
import { keyLength } from '../product-key/alphabet.ts'
import { readChain } from './fields.ts'
import type { MessageField } from './fields.ts'
import { textLimit } from './limits.ts'

/**
 * Asks the authority for a host certificate, over HTTPS only. `hostKey` is a secret of 25 characters without hyphens,
 * `request` a PKCS#10 request in DER, `entry` the bytes of entry 0 of the new ledger.
 */
export interface ActivateHostMessage {
  readonly kind: 'activate-host'
  readonly hostKey: string
  readonly request: Uint8Array
  readonly entry: Uint8Array
  readonly virtual: boolean
  readonly version: string
}

/** Brings the chain (leaf first, without the root), the newest pack, and what is left of the host key. */
export interface HostActivatedMessage {
  readonly kind: 'host-activated'
  readonly chain: readonly Uint8Array[]
  readonly pack: Uint8Array
  readonly hostsLeft: number
  readonly activationsLeft: number
}

export function writeActivateHost(message: ActivateHostMessage): readonly MessageField[] {
  return [
    [2, message.hostKey],
    [3, message.request],
    [4, message.entry],
    [5, message.virtual],
    [6, message.version],
  ]
}

export function readActivateHost(fields: Fields): ActivateHostMessage {
  return {
    kind: 'activate-host',
    hostKey: fields.text(2, keyLength),
    request: fields.bytes(3),
    entry: fields.bytes(4),
    virtual: fields.bool(5),
    version: fields.text(6, textLimit),
  }
}

export function writeHostActivated(message: HostActivatedMessage): readonly MessageField[] {
  return [
    [2, message.chain],
    [3, message.pack],
    [4, message.hostsLeft],
    [5, message.activationsLeft],
  ]
}

export function readHostActivated(fields: Fields): HostActivatedMessage {
  return {
    kind: 'host-activated',
    chain: readChain(fields, 2),
    pack: fields.bytes(3),
    hostsLeft: fields.uint(4),
    activationsLeft: fields.uint(5),
  }
}
