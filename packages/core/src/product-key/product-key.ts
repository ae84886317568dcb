import { utf8 } from '../bytes.ts'
import { sha256 } from '../crypto.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { groupLength, keyAlphabet, keyLength } from './alphabet.ts'
import { checkFits } from './check.ts'
import { unpackPayload } from './payload.ts'

/** The kinds of key, in the order of their numbers: a host key activates a host, a setup key is public and selects a product, a MAK activates one machine at a time. */
export const keyKinds = ['host', 'setup', 'MAK'] as const

/** One kind of product key. Number 3 is reserved and refused. */
export type KeyKind = (typeof keyKinds)[number]

/**
 * A product key that is valid offline. The characters are kept where nothing prints them: text, JSON and a debugger show
 * the last five only, and the whole key is had from `formatProductKey` alone. Two keys are compared with `isSameKey`.
 */
export class ProductKey {
  readonly kind: KeyKind
  /** Number of the key group, 0 to 1023. */
  readonly group: number
  /** Number of the key, 0 to 2^32 − 1, by which commands and lists name it. */
  readonly serial: number
  readonly #characters: string

  /** Takes 25 digits (0 to 23); `KEY_INVALID` when the check does not fit or the payload is none. */
  constructor(digits: readonly number[]) {
    if (digits.length !== keyLength) throw new Error(`a key has ${keyLength} digits, not ${digits.length}`)
    if (!checkFits(digits)) {
      throw invalid('the check characters do not fit: one character is mistyped or two are swapped')
    }
    const payload = unpackPayload(digits)
    if (payload === undefined) throw invalid('no key begins with these characters: several are mistyped')
    const kind = keyKinds[payload.kind]
    if (kind === undefined) {
      throw invalid(`it is of a kind (${payload.kind}) that this version does not know: update the program`)
    }
    this.kind = kind
    this.group = payload.group
    this.serial = payload.serial
    this.#characters = digits.map((digit) => keyAlphabet.charAt(digit)).join('')
  }

  /** Gives the 25 characters without hyphens. The one way to the whole key; everything else shows the last five. */
  reveal(): string {
    return this.#characters
  }

  toString(): string {
    return inGroups(this.#characters.slice(-groupLength).padStart(keyLength, '*'))
  }

  toJSON(): string {
    return this.toString()
  }
}

/** Writes the whole key in five groups of five with hyphens, in capitals. For the one time a key is shown. */
export function formatProductKey(key: ProductKey): string {
  return inGroups(key.reveal())
}

/** Gives the last five characters, by which a person tells keys apart. */
export function lastFive(key: ProductKey): string {
  return key.reveal().slice(-groupLength)
}

/** Computes the 32 bytes under which a key is stored: SHA-256 over its 25 characters, in capitals, without hyphens, in ASCII. */
export function keyDigest(key: ProductKey): Uint8Array {
  return sha256(utf8(key.reveal()))
}

/** Whether two keys are the same in all 25 characters. */
export function isSameKey(a: ProductKey, b: ProductKey): boolean {
  return a.reveal() === b.reveal()
}

function inGroups(characters: string): string {
  return characters.replace(/.{5}(?!$)/g, '$&-')
}

function invalid(why: string): ActivationError {
  return new ActivationError('KEY_INVALID', `this is not a product key: ${why}`)
}
