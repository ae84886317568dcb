import { ActivationError } from '../errors/activation-error.ts'
import { isCborArray, isCborMap, isCborTagged } from './value.ts'
import type { CborMap, CborValue } from './value.ts'

/** Returns a number from 0; anything else is `MALFORMED`. `what` names the value in the message, here and below. */
export function expectUint(value: CborValue, what: string): number {
  const integer = expectInt(value, what)
  if (integer < 0) throw new ActivationError('MALFORMED', `${what} must be a number from 0, not ${integer}`)
  return integer
}

/** Returns an integer; anything else is `MALFORMED`. */
export function expectInt(value: CborValue, what: string): number {
  if (typeof value !== 'number') throw mismatch(value, what, 'a number')
  return value
}

/** Returns a byte string, of exactly `length` bytes if one is given; anything else is `MALFORMED`. */
export function expectBytes(value: CborValue, what: string, length?: number): Uint8Array {
  if (!(value instanceof Uint8Array)) throw mismatch(value, what, 'a byte string')
  if (length !== undefined && value.length !== length) {
    throw new ActivationError('MALFORMED', `${what} must be ${length} bytes long, not ${value.length}`)
  }
  return value
}

/** Returns a text of at most `maxLength` UTF-16 code units; anything else is `MALFORMED`. */
export function expectText(value: CborValue, what: string, maxLength: number): string {
  if (typeof value !== 'string') throw mismatch(value, what, 'a text')
  if (value.length > maxLength) {
    throw new ActivationError('MALFORMED', `${what} may be ${maxLength} characters long, not ${value.length}`)
  }
  return value
}

/** Returns true or false; anything else is `MALFORMED`. */
export function expectBool(value: CborValue, what: string): boolean {
  if (typeof value !== 'boolean') throw mismatch(value, what, 'true or false')
  return value
}

/** Returns an array, of exactly `length` values if one is given; anything else is `MALFORMED`. */
export function expectArray(value: CborValue, what: string, length?: number): readonly CborValue[] {
  if (!isCborArray(value)) throw mismatch(value, what, 'an array')
  if (length !== undefined && value.length !== length) {
    throw new ActivationError('MALFORMED', `${what} must be an array of ${length}, not of ${value.length}`)
  }
  return value
}

/** Returns a map; anything else is `MALFORMED`. */
export function expectMap(value: CborValue, what: string): CborMap {
  if (!isCborMap(value)) throw mismatch(value, what, 'a map')
  return value
}

/** Returns what stands behind the given tag; anything else is `MALFORMED`. */
export function expectTagged(value: CborValue, what: string, tag: number): CborValue {
  if (!isCborTagged(value) || value.tag !== tag) throw mismatch(value, what, `tag ${tag}`)
  return value.value
}

function mismatch(value: CborValue, what: string, wanted: string): ActivationError {
  return new ActivationError('MALFORMED', `${what} must be ${wanted}, not ${nameOf(value)}`)
}

function nameOf(value: CborValue): string {
  if (value === null) return 'null'
  if (value instanceof Uint8Array) return 'a byte string'
  if (isCborArray(value)) return 'an array'
  if (isCborMap(value)) return 'a map'
  if (isCborTagged(value)) return `tag ${value.tag}`
  return typeof value === 'string' ? 'a text' : String(value)
}
