import type { ErrorCode } from '@volact/core/errors/table'

/** The errors that administrators meet most, which are explained in every language. */
export const translatedCodes = [
  'NO_HOST_ANSWERED',
  'COUNT_INSUFFICIENT',
  'HOST_MUTE',
  'HOST_NOT_ACTIVATED',
  'PRODUCT_NOT_SERVED',
  'KEY_INVALID',
  'KEY_BLOCKED',
  'KEY_WRONG_EDITION',
  'CLOCK_SKEW',
  'DNS_NAME_MISSING',
  'DNS_NO_RECORDS',
  'DNS_SERVER_FAILED',
  'DNS_NO_SUFFIX',
  'HOST_KEY_EXHAUSTED',
  'MAK_BLOCKED',
  'MAK_EXHAUSTED',
  'REARMS_EXHAUSTED',
  'GRACE_EXPIRED',
  'HARDWARE_OUT_OF_TOLERANCE',
  'NO_PRODUCT_KEY',
  'ELEVATION_NEEDED',
  'ACCESS_DENIED',
  'NOT_BOUND',
  'HOST_UNREACHABLE',
  'FOREIGN_PROTOCOL',
] as const

/** One of the errors that are explained in every language. */
type TranslatedCode = Extract<ErrorCode, (typeof translatedCodes)[number]>

/** What an error means, why it comes, and what to do. */
export interface Sentences {
  readonly meaning: string
  readonly cause: string
  readonly remedy: string
}

/** The words around an explanation. */
export interface Labels {
  readonly cause: string
  readonly remedy: string
  readonly exit: string
  /** Says that a number means here what the row of that name says. */
  readonly sameAs: (number: string, name: string) => string
  /** Says that a number is none of ours. */
  readonly elsewhere: (number: string) => string
  /** Says that what follows is there in English only. */
  readonly onlyEnglish: string
  /** Says of a list that the rest of it is there in English only. */
  readonly othersEnglish: string
}

/** One language. */
export interface Translation {
  readonly labels: Labels
  readonly errors: Readonly<Record<TranslatedCode, Sentences>>
}
