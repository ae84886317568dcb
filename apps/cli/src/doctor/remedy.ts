import type { ErrorCode } from '@volact/core/errors/table'
import { describeError } from '@volact/core/errors/table'

/** What the table of errors says to do. */
export function remedyOf(code: ErrorCode): string {
  return describeError(code)?.remedy ?? ''
}
