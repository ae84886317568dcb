import type { Fields } from '../cbor/fields.ts'
import { encodeListNumber, parseListNumber } from '../document/list-number.ts'
import type { ListNumber } from '../document/list-number.ts'
import { present } from '../document/present.ts'
import type { MessageField } from './fields.ts'

/** What may ride in every message: a checkpoint, the number of the revocation list known, and such a list (rule 44). */
export interface Riders {
  readonly checkpoint?: Uint8Array
  readonly listKnown?: ListNumber
  readonly list?: Uint8Array
}

/** Asks for the newest revocation list. */
export interface RevocationListQuery {
  readonly kind: 'revocation-list-query'
}

/** Brings a revocation list. */
export interface RevocationListMessage {
  readonly kind: 'revocation-list'
  readonly list: Uint8Array
}

export function writeRiders({ checkpoint, listKnown, list }: Riders): readonly MessageField[] {
  return [
    [-1, checkpoint],
    [-2, listKnown && encodeListNumber(listKnown)],
    [-3, list],
  ]
}

/** Reads what rides along; `undefined` when nothing does. */
export function readRiders(fields: Fields): Riders | undefined {
  const riders: Riders = present({
    checkpoint: fields.optional(-1, (key) => fields.bytes(key)),
    listKnown: fields.optional(-2, (key) => parseListNumber(fields.value(key), 'message: list known')),
    list: fields.optional(-3, (key) => fields.bytes(key)),
  })
  return Object.keys(riders).length === 0 ? undefined : riders
}

export function writeRevocationList({ list }: RevocationListMessage): readonly MessageField[] {
  return [[2, list]]
}

export function readRevocationList(fields: Fields): RevocationListMessage {
  return { kind: 'revocation-list', list: fields.bytes(2) }
}
