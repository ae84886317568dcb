import type { Duration } from '../time.ts'
import { formatProductKey, type ProductKey } from '../product-key/product-key.ts'
import { parseProductKey } from '../product-key/parse-product-key.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { attempt } from '../errors/attempt.ts'
import { formatDuration, parseDuration } from './duration.ts'
import { type Entry, type Reader, shown, Wrong } from './entry.ts'
import { type DurationRange, type Range, sizes } from './limits.ts'

/** Reads text for people: one line, without control characters and without what turns the direction of writing. */
export function text(entry: Entry): string | Wrong {
  const { value } = entry
  if (typeof value !== 'string') return new Wrong(`must be text, but is ${shown(value)}: ${quoteHint(value)}`)
  if (value.trim() !== value || value === '') {
    return new Wrong(`must be text without spaces around it, but is ${shown(value)}`)
  }
  if (value.length > sizes.text) {
    return new Wrong(`has ${value.length} characters, at most ${sizes.text} are allowed: shorten ${shown(value)}`)
  }
  if (/[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/u.test(value)) {
    return new Wrong(`has a character that cannot be printed in one line: remove it from ${shown(value)}`)
  }
  return value
}

/** Reads the short name by which the catalog and commands refer to a thing; a DNS label, too. */
export function slug(entry: Entry): string | Wrong {
  const pattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/
  return matching(entry, pattern, sizes.slug, 'lower-case letters, digits and single hyphens between them')
}

/** Reads an e-mail address of the plain kind; whether it exists is not asked. */
export function email(entry: Entry): string | Wrong {
  return matching(entry, /^[!-?A-~]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i, sizes.contact, 'an e-mail address')
}

/** Reads a telephone number as people write it. */
export function phone(entry: Entry): string | Wrong {
  return matching(entry, /^\+?[0-9][0-9 ()./-]{2,38}$/, sizes.contact, 'a telephone number in quotes')
}

/** Reads a web address. */
export function webAddress(entry: Entry): string | Wrong {
  return matching(entry, /^https?:\/\/[!-~]+$/, sizes.contact, 'an address that begins with https://')
}

/** Reads a UUID in either case into lower case. */
export function uuid(entry: Entry): string | Wrong {
  const pattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
  const found = matching(entry, pattern, 36, 'a UUID such as uuidgen prints')
  return found instanceof Wrong ? found : found.toLowerCase()
}

/** Reads true or false. */
export function flag(entry: Entry): boolean | Wrong {
  const { value } = entry
  return typeof value === 'boolean' ? value : new Wrong(`must be true or false, but is ${shown(value)}`)
}

/** Reads a whole number of a range. */
export function integer({ min, max }: Range): Reader<number> {
  return (entry) => {
    const { value } = entry
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
    return new Wrong(`must be a whole number from ${min} to ${max}, but is ${shown(value)}`)
  }
}

/** Reads one of a few words. */
export function oneOf<T extends string>(words: readonly T[]): Reader<T> {
  return (entry) => {
    const found = words.find((word) => word === entry.value)
    if (found !== undefined) return found
    return new Wrong(`must be ${listed(words)}, but is ${shown(entry.value)}`)
  }
}

/** Reads a duration such as 30d, 24h or 120min into seconds; `none` where zero is allowed. */
export function duration({ min, max, step }: DurationRange): Reader<Duration> {
  return (entry) => {
    const { value } = entry
    const seconds = typeof value === 'string' ? parseDuration(value) : undefined
    if (seconds === undefined)
      return new Wrong(`must be ${durationForm(min)}, but is ${shown(value)}${unitHint(value)}`)
    if (seconds < min || seconds > max) {
      return new Wrong(`must be from ${formatDuration(min)} to ${formatDuration(max)}, but is ${shown(value)}`)
    }
    if (seconds % step === 0) return seconds
    return new Wrong(`must be a multiple of ${formatDuration(step)}, but is ${shown(value)}`)
  }
}

/** Reads a setup key into its canonical form. Messages show none of it: what stands here may be a secret by mistake. */
export function setupKey(entry: Entry): string | Wrong {
  const { value } = entry
  if (typeof value !== 'string') return new Wrong('must be a setup key of 25 characters in five groups')
  const key = attempt(() => parseProductKey(value))
  if (key instanceof ActivationError) return new Wrong(`must be a setup key: ${key.message}`)
  return key.kind === 'setup' ? formatProductKey(key) : new Wrong(misplaced(key))
}

function misplaced({ kind, serial }: ProductKey): string {
  const secret =
    kind === 'host' ? ', a secret that anyone who reads the catalog now has: block it and issue another' : ''
  return `must be a setup key, but the one with serial ${serial} is a ${kind} key${secret}`
}

function matching(entry: Entry, pattern: RegExp, longest: number, form: string): string | Wrong {
  const { value } = entry
  if (typeof value === 'string' && value.length <= longest && pattern.test(value)) return value
  return new Wrong(`must be ${form}, at most ${longest} characters, but is ${shown(value)}`)
}

function quoteHint(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? 'put it in quotes' : 'write some text'
}

function durationForm(min: Duration): string {
  return min === 0 ? 'a duration like 30d, 24h or 120min, or none' : 'a duration like 30d, 24h or 120min'
}

function unitHint(value: unknown): string {
  return typeof value === 'number' ? `: write ${value}d, ${value}h or ${value}min` : ''
}

function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.slice(-1).join()}`
}
