import type { ActivationError } from '@volact/core/errors/activation-error'
import { describeError, formatErrorNumber } from '@volact/core/errors/table'

/** Writes a failure as the old commands do, number first, for the scripts that look for it in the output. */
export function errorLine({ code, message }: ActivationError): string {
  const [first = ''] = message.split('\n')
  const number = describeError(code)?.number
  return number === undefined ? `Error: ${first}` : `Error: ${formatErrorNumber(number)} ${first}`
}
