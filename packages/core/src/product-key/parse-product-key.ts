import { ActivationError } from '../errors/activation-error.ts'
import { groupLength, keyAlphabet, keyLength } from './alphabet.ts'
import { checkFits } from './check.ts'
import { ProductKey } from './product-key.ts'

// What stands between characters and means nothing: white space (\s has the no-break spaces), hyphens, the dashes and
// minus signs that mail programs make of them, the soft hyphen, and marks of no width that come along with a paste.
const separators = /[\s\-\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212\ufe58\ufe63\uff0d]/g

/** Longest text, in UTF-16 units, in which a key is looked for. */
const maxTextLength = 256

/**
 * Reads a product key as people type and paste it: in any case, with or without hyphens, with spaces or long dashes.
 * `KEY_INVALID` says what is wrong and at which character, and never repeats the key.
 */
export function parseProductKey(text: string): ProductKey {
  if (text.length > maxTextLength) throw invalid(`a text of ${text.length} characters; a key has ${keyLength}`)
  const characters = Array.from(text.replace(separators, '').replace(/[a-z]/g, (letter) => letter.toUpperCase()))
  const digits = characters.map((character) => keyAlphabet.indexOf(character))
  const wrong = digits.indexOf(-1)
  if (wrong !== -1) throw invalid(wrongCharacter(characters, digits, wrong))
  if (digits.length !== keyLength) throw invalid(wrongLength(digits.length))
  return new ProductKey(digits)
}

function wrongCharacter(characters: readonly string[], digits: readonly number[], index: number): string {
  const where = index < keyLength ? ` (group ${Math.floor(index / groupLength) + 1})` : ''
  const what = characters
    .slice(index, index + 1)
    .map(show)
    .join('')
  return `character ${index + 1}${where} is ${what}, which keys never contain${suggestion(digits, index)}`
}

/** The check leaves at most one character for a place where all others are right, so this is no guess by shape. */
function suggestion(digits: readonly number[], index: number): string {
  if (digits.length !== keyLength) return ''
  const fitting = Array.from(keyAlphabet).filter((_, digit) => checkFits(digits.with(index, digit)))
  return fitting.map((character) => `; did you mean '${character}'?`).join('')
}

function wrongLength(length: number): string {
  const difference = Math.abs(keyLength - length)
  const many = difference === 1 ? 'one is' : `${difference} are`
  if (length === 0) return `nothing was typed; a key has ${keyLength} characters`
  return `${length} characters, ${many} ${length < keyLength ? 'missing' : 'too many'}`
}

function show(character: string): string {
  if (/^[!-~]$/.test(character)) return `'${character}'`
  return `U+${String(character.codePointAt(0)?.toString(16)).toUpperCase().padStart(4, '0')}`
}

function invalid(why: string): ActivationError {
  return new ActivationError('KEY_INVALID', `this is not a product key: ${why}`)
}
