import { keyAlphabet, keyLength } from '@volact/core/product-key/alphabet'

// Five groups of five, with nothing or with whatever mail programs make of hyphens between them.
const fiveGroups = /(?<![A-Z0-9])(?:[A-Z0-9]{5}[\s\-\u00ad\u2010-\u2015\u2212]{0,3}){4}[A-Z0-9]{5}(?![A-Z0-9])/gi

/** Names of machines may be as long, but are full of vowels, which keys never contain; a mistyped key has few. */
const mostStrangers = 2

/** Hides what could be a product key in a text: the last five characters stay. A command may end in a log, or in a ticket. */
export function hideKeys(text: string): string {
  return text.replace(fiveGroups, (found) => (isLikely(found) ? `…-${found.slice(-5)}` : found))
}

/** Says whether a text holds what could be a product key. */
export function holdsKey(text: string): boolean {
  return hideKeys(text) !== text
}

function isLikely(text: string): boolean {
  const fitting = Array.from(text.toUpperCase()).filter((character) => keyAlphabet.includes(character))
  return fitting.length >= keyLength - mostStrangers
}
