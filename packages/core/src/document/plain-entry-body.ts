import { expectText, expectUint } from '../cbor/expect.ts'
import type { Fields } from '../cbor/fields.ts'
import type { CborKey, CborMap, CborValue } from '../cbor/value.ts'
import { coseKeyOf, parseCoseKey } from '../cose/key.ts'
import type { PublicKey } from '../crypto.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { encodeFlags, parseFlags } from './flags.ts'
import { encodeHardwareId, parseHardwareId } from './hardware-id.ts'
import { ctiLength, digestLength, rawKeyLength, textLimit, uuidLength } from './limits.ts'
import type { EntryPosition, PlainEntry } from './plain-entry.ts'
import { encodePredecessor, parsePredecessor } from './predecessor.ts'
import { present } from './present.ts'

/** The number of a kind of entry, which stands first in it (protocol.md §7.2). */
export function entryKindNumber(kind: PlainEntry['kind']): number {
  return kinds.indexOf(kind)
}

/** Gives what an entry says beside kind, index and time. */
export function plainEntryBody(entry: PlainEntry): CborMap {
  const body = new Map<CborKey, CborValue>(bodyValues(entry).map((value, index) => [index + 1, value]))
  if (entry.kind === 'host-activation' && entry.predecessor !== undefined) {
    body.set(predecessorKey, encodePredecessor(entry.predecessor))
  }
  return body
}

/** Reads an entry of a kind given by number, at the position that was read before it. The caller ends the fields. */
export function parsePlainEntry(kindNumber: number, position: EntryPosition, fields: Fields): PlainEntry {
  const kind = kinds[kindNumber]
  if (kind === undefined) {
    throw new ActivationError('UNKNOWN_CRITICAL', `ledger entry: kind ${kindNumber} is unknown here`)
  }
  switch (kind) {
    case 'host-activation':
      return { kind, ...firstPosition(position), ...parseHostActivation(fields) }
    case 'certificate':
      return { kind, ...position, x5t: fields.bytes(1, digestLength), notAfter: fields.uint(2) }
    case 'sighting':
      return { kind, ...position, ...parseSighting(fields) }
    case 'release':
      return { kind, ...position, ...parseRelease(fields) }
    case 'disputed':
      return { kind, ...position, grant: fields.bytes(1, ctiLength), req: fields.bytes(2, digestLength) }
    case 'administrative':
      return { kind, ...position, ...parseAdministrative(fields) }
    case 'recovery':
      return { kind, ...position, document: fields.bytes(1) }
    case 'forgotten':
      return { kind, ...position, indexes: parseIndexes(fields) }
    case 'note-key':
      return { kind, ...position, noteKey: fields.bytes(1, rawKeyLength) }
  }
}

/** May be ignored: who does not know of spares sees the beginning of a ledger like any other. */
const predecessorKey = -1

/** By their numbers, which never change. */
const kinds: readonly PlainEntry['kind'][] = [
  'host-activation',
  'certificate',
  'sighting',
  'release',
  'disputed',
  'administrative',
  'recovery',
  'forgotten',
  'note-key',
]

/** The values of the fields 1, 2, 3 … */
function bodyValues(entry: PlainEntry): readonly CborValue[] {
  switch (entry.kind) {
    case 'host-activation': {
      const { signingKey, recoveryKey, noteKey, hardware, cti } = entry
      return [coseKeyOf(signingKey), recoveryKey, noteKey, encodeHardwareId(hardware), cti]
    }
    case 'certificate':
      return [entry.x5t, entry.notAfter]
    case 'sighting':
      return [entry.machine, entry.anchor, entry.application, encodeFlags(entry.flags), entry.cti]
    case 'release':
      return [entry.machine, entry.product, entry.grant, entry.req, entry.cti]
    case 'disputed':
      return [entry.grant, entry.req]
    case 'administrative':
      return [entry.act, entry.arguments, entry.cti]
    case 'recovery':
      return [entry.document]
    case 'forgotten':
      return [entry.indexes]
    case 'note-key':
      return [entry.noteKey]
  }
}

type Body<K extends PlainEntry['kind']> = Omit<Extract<PlainEntry, { kind: K }>, 'kind' | 'index' | 'time'>

function parseHostActivation(fields: Fields): Body<'host-activation'> {
  return present({
    signingKey: parseSigningKey(fields.value(1)),
    recoveryKey: fields.bytes(2, rawKeyLength),
    noteKey: fields.bytes(3, rawKeyLength),
    hardware: parseHardwareId(fields.value(4), 'ledger entry: hardware ID'),
    cti: fields.bytes(5, ctiLength),
    predecessor: fields.optional(predecessorKey, (key) => parsePredecessor(fields.value(key), 'ledger entry')),
  })
}

function parseSighting(fields: Fields): Body<'sighting'> {
  return {
    machine: fields.bytes(1, digestLength),
    anchor: fields.bytes(2, digestLength),
    application: fields.bytes(3, uuidLength),
    flags: parseFlags(fields.uint(4), 'ledger entry'),
    cti: fields.bytes(5, ctiLength),
  }
}

function parseRelease(fields: Fields): Body<'release'> {
  return {
    machine: fields.bytes(1, digestLength),
    product: fields.bytes(2, uuidLength),
    grant: fields.bytes(3, ctiLength),
    req: fields.bytes(4, digestLength),
    cti: fields.bytes(5, ctiLength),
  }
}

function parseAdministrative(fields: Fields): Body<'administrative'> {
  const named = Array.from(fields.map(2), ([name, value]): [string, CborValue] => [
    expectText(name, 'ledger entry: name of an argument', textLimit),
    value,
  ])
  return { act: fields.text(1, textLimit), arguments: new Map(named), cti: fields.bytes(3, ctiLength) }
}

function parseIndexes(fields: Fields): readonly number[] {
  const indexes = fields.list(1, expectUint)
  if (indexes.length === 0) throw new ActivationError('MALFORMED', 'ledger entry: the list of erased entries is empty')
  return indexes
}

function parseSigningKey(value: CborValue): PublicKey {
  const key = parseCoseKey(value)
  if (key.algorithm === 'ESP256') return key
  throw new ActivationError('MALFORMED', 'ledger entry: a signing key must be of P-256')
}

function firstPosition({ index, time }: EntryPosition): { index: 0; time: number } {
  if (index === 0) return { index, time }
  throw new ActivationError('MALFORMED', `ledger entry: a host activation is entry 0, not ${index}`)
}
