import type { ActivationError } from '@volact/core/errors/activation-error'
import { describeError, type ErrorRow, formatErrorNumber } from '@volact/core/errors/table'
import { hideSecrets } from '@volact/core/errors/hide-secrets'
import type { JsonOption } from './output.ts'
import { printable } from './printable.ts'
import type { World } from './world.ts'

/**
 * Tells of a failure, in the one form that all commands have: what happened with code and number, every attempt, what to do.
 * It goes to standard error; with `--json` also to standard output, as one object.
 */
export function reportError(world: World, { json }: JsonOption, error: ActivationError): void {
  const row = rowOf(error)
  world.err(`${hideSecrets(printable(errorText(error, row)))}\n`)
  if (json === true) world.out(`${hideSecrets(JSON.stringify(errorJson(error, row)))}\n`)
}

/** Says with which exit status a command ends on the failure. */
export function exitStatusOf(error: ActivationError): number {
  return rowOf(error).exit
}

function errorText({ message, attempts }: ActivationError, { name, number, remedy }: ErrorRow): string {
  const [first = '', ...more] = message.split('\n')
  return [
    `volact: ${first} (${name} ${formatErrorNumber(number)})`,
    ...more.map((line) => `  ${line}`),
    ...attempts.map((attempt) => `  tried ${attempt.target}: ${attempt.message} (${attempt.code})`),
    `  ${remedy}`,
  ].join('\n')
}

function errorJson({ message, attempts, data }: ActivationError, { name, number, remedy }: ErrorRow): object {
  return {
    error: {
      ...{ code: name, number: formatErrorNumber(number), message, remedy },
      ...(attempts.length > 0 && { attempts }),
      ...(Object.keys(data).length > 0 && { data }),
    },
  }
}

function rowOf({ code }: ActivationError): ErrorRow {
  const row = describeError(code)
  if (row === undefined) throw new Error(`${code} is not in the table of errors`)
  return row
}
