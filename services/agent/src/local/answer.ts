import { ActivationError } from '@volact/core/errors/activation-error'
import { describeError, type ErrorCode, formatErrorNumber } from '@volact/core/errors/table'

/** What goes back: a status of HTTP, and one JSON value. */
export interface LocalAnswer {
  readonly status: number
  readonly body: object
  readonly headers?: Readonly<Record<string, string>>
}

/** A request that no route takes, with the status that HTTP has for it. */
export class WrongRequest extends Error {
  readonly status: number
  readonly code: ErrorCode
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: ErrorCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** Says a failure in the form that `volact … --json` has, too; nothing for a bug, which is nobody's business here. */
export function failureAnswer(error: unknown): LocalAnswer | undefined {
  if (error instanceof WrongRequest) {
    return { status: error.status, body: describeFailure(error.code, error.message), headers: error.headers }
  }
  if (!(error instanceof ActivationError)) return undefined
  const { code, message, attempts } = error
  return { status: statusOf(code), body: describeFailure(code, message, attempts.length > 0 ? { attempts } : {}) }
}

/** What is said of a bug: that it is one. The rest stands in the log. */
export const bugAnswer: LocalAnswer = {
  status: 500,
  body: { error: { code: 'BUG', message: 'this is a bug in Volact; the log of the agent says where' } },
}

/** The body of a failure. */
export function describeFailure(code: ErrorCode, message: string, more: object = {}): object {
  const row = describeError(code)
  if (row === undefined) throw new Error(`${code} is not in the table of errors`)
  return { error: { code, number: formatErrorNumber(row.number), message, remedy: row.remedy, ...more } }
}

const statuses: Partial<Readonly<Record<ErrorCode, number>>> = {
  ACCESS_DENIED: 403,
  BUSY: 429,
  FOLDER_IN_USE: 503,
  NO_PRODUCT_KEY: 404,
  TOO_LARGE: 413,
  USAGE: 400,
  MALFORMED: 400,
}

/** Beyond those that HTTP has words for: a no is a conflict with what holds, another server's fault a bad gateway, ours our own. */
function statusOf(code: ErrorCode): number {
  const status = statuses[code]
  if (status !== undefined) return status
  switch (describeError(code)?.exit) {
    case 10:
      return 409
    case 3:
      return 502
    case 2:
      return 400
    case 4:
    case undefined:
      return 500
  }
}
