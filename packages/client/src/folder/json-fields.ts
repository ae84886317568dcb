import { ActivationError } from '@volact/core/errors/activation-error'
import { type ErrorCode, errorTable } from '@volact/core/errors/table'
import type { Instant } from '@volact/core/time'

/** Reads an object; `MALFORMED` for anything else. */
export function section(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw malformed(`"${name}" is missing`)
}

/** Reads a list; `MALFORMED` for anything else. */
export function list(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw malformed(`"${name}" is no list`)
}

/** Reads a time, or any other whole number that is not negative; `MALFORMED` for anything else. */
export function instant(value: unknown, name: string): Instant {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw malformed(`"${name}" is no time`)
}

/** Reads a text; `MALFORMED` for anything else. */
export function text(value: unknown, name: string): string {
  if (typeof value === 'string') return value
  throw malformed(`"${name}" is no text`)
}

/** Reads the name of an error; one that this version does not know is nothing. */
export function errorCode(value: unknown): ErrorCode | undefined {
  return errorTable.find(({ name }) => name === value)?.name
}

/** What is wrong with a file, for whoever reads its note. */
export function malformed(message: string): ActivationError {
  return new ActivationError('MALFORMED', message)
}
