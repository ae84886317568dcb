import type { ErrorCode } from './table.ts'

/** One try of several that an error sums up: who was asked, and what came of it. */
export interface Attempt {
  readonly target: string
  readonly code: ErrorCode
  readonly message: string
}

/** What an error may carry beside its code and its message. */
export interface ActivationErrorDetails {
  readonly cause?: unknown
  readonly attempts?: readonly Attempt[]
  readonly data?: Readonly<Record<string, unknown>>
}

/** A failure that someone may want to tell apart. The code is API; the message names the offending value and what to do. */
export class ActivationError extends Error {
  override readonly name: string = 'ActivationError'
  readonly code: ErrorCode
  readonly attempts: readonly Attempt[]
  readonly data: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, details: ActivationErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : {})
    this.code = code
    this.attempts = details.attempts ?? []
    this.data = details.data ?? {}
  }
}
