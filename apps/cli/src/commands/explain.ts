import type { Command } from 'commander'
import { ActivationError } from '@volact/core/errors/activation-error'
import { describeError, type ErrorRow, errorTable, formatErrorNumber } from '@volact/core/errors/table'
import { columns, facts } from '../columns.ts'
import { withJson } from '../options.ts'
import { type JsonOption, print, type Printed } from '../output.ts'
import type { Shell } from '../shell.ts'

/** Adds `volact explain`. */
export function addExplainCommand(program: Command, { world }: Shell): void {
  withJson(program.command('explain'))
    .description('say what an error means and what to do; without a code, list them all')
    .argument('[code]', 'name or number of the error, such as COUNT_INSUFFICIENT or 0xC004F038')
    .action((code: string | undefined, options: JsonOption) => {
      print(world, options, code === undefined ? listErrors() : explain(code))
    })
}

function listErrors(): Printed {
  return {
    text: columns(errorTable.map(({ name, number, meaning }) => [formatErrorNumber(number), name, meaning])),
    json: { errors: errorTable.map(toJson) },
  }
}

function explain(code: string): Printed {
  const row = describeError(code)
  if (row === undefined) {
    const example = 'a name like COUNT_INSUFFICIENT, or a number like 0xC004F038, C004F038 or -1073418184'
    throw new ActivationError('USAGE', `there is no error "${code}"; a code is ${example}; "volact explain" lists all`)
  }
  const { name, number, exit, meaning, cause, remedy } = row
  const more = facts([
    ['Likely cause:', cause],
    ['What to do:', remedy],
    ['Exit status:', exit],
  ])
  return { text: `${name} ${formatErrorNumber(number)}\n${meaning}\n\n${more}`, json: toJson(row) }
}

function toJson({ name, number, exit, meaning, cause, remedy }: ErrorRow): object {
  return { code: name, number: formatErrorNumber(number), exit, meaning, cause, remedy }
}
