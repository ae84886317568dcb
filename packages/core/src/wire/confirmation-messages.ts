import type { Fields } from '../cbor/fields.ts'
import type { MessageField } from './fields.ts'

/** Asks the authority, directly or through a host, to confirm one machine. */
export interface ConfirmationRequestMessage {
  readonly kind: 'confirmation-request'
  readonly request: Uint8Array
}

/** Asks for the confirmation of a request made earlier, by the SHA-256 of that request. */
export interface ConfirmationPickUpMessage {
  readonly kind: 'confirmation-pick-up'
  readonly digest: Uint8Array
}

/** Brings a confirmation. */
export interface ConfirmationMessage {
  readonly kind: 'confirmation'
  readonly confirmation: Uint8Array
}

export function writeConfirmationRequest({ request }: ConfirmationRequestMessage): readonly MessageField[] {
  return [[2, request]]
}

export function readConfirmationRequest(fields: Fields): ConfirmationRequestMessage {
  return { kind: 'confirmation-request', request: fields.bytes(2) }
}

export function writeConfirmationPickUp({ digest }: ConfirmationPickUpMessage): readonly MessageField[] {
  return [[2, digest]]
}

export function readConfirmationPickUp(fields: Fields): ConfirmationPickUpMessage {
  return { kind: 'confirmation-pick-up', digest: fields.bytes(2, 32) }
}

export function writeConfirmation({ confirmation }: ConfirmationMessage): readonly MessageField[] {
  return [[2, confirmation]]
}

export function readConfirmation(fields: Fields): ConfirmationMessage {
  return { kind: 'confirmation', confirmation: fields.bytes(2) }
}
