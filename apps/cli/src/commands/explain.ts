import type { Command } from 'commander'
import { ActivationError } from '@volact/core/errors/activation-error'
import { errorAliases } from '@volact/core/errors/aliases'
import { explainCode } from '@volact/core/errors/explain-code'
import { errorTable, formatErrorNumber } from '@volact/core/errors/table'
import { columns } from '../columns.ts'
import { explanationText, rowJson, sentencesOf } from '../explain/explanation-text.ts'
import { type ChosenLanguage, chooseLanguage, translations } from '../explain/language.ts'
import { withJson } from '../options.ts'
import { type JsonOption, print, type Printed } from '../output.ts'
import type { Shell } from '../shell.ts'

interface ExplainOptions extends JsonOption {
  readonly lang?: string
}

/** Adds `volact explain`. */
export function addExplainCommand(program: Command, { world }: Shell): void {
  withJson(program.command('explain'))
    .description('say what an error means and what to do; without a code, list them all')
    .argument('[code]', 'name or number of the error, such as COUNT_INSUFFICIENT or 0xC004F038')
    .option('--lang <language>', `language of the most frequent ones: en, ${languages}; else that of the environment`)
    .action(async (code: string | undefined, { lang, ...options }: ExplainOptions) => {
      const language = await chooseLanguage(lang, world.surroundings.env)
      const printed = code === undefined ? listErrors(language) : explain(code, language)
      print(world, options, { ...printed, notes: [...notesOn(language), ...(printed.notes ?? [])] })
    })
}

const languages = Object.keys(translations).join(', ')

function notesOn({ missing }: ChosenLanguage): readonly string[] {
  return missing === undefined
    ? []
    : [`there are no explanations in "${missing}", so this is English (there are ${languages})`]
}

function listErrors({ translation }: ChosenLanguage): Printed {
  const rows = errorTable.map((row) => ({ row, said: sentencesOf(row, translation) ?? row }))
  const aliases = errorAliases.map(({ number, name }) => ({ number: formatErrorNumber(number), code: name }))
  return {
    text: columns([
      ...rows.map(({ row: { name, number }, said }) => [formatErrorNumber(number), name, said.meaning]),
      ...aliases.map(({ number, code }) => [number, `= ${code}`]),
    ]),
    json: { errors: rows.map(({ row, said }) => rowJson(row, said)), aliases },
    notes: translation === undefined ? [] : [translation.labels.othersEnglish],
  }
}

function explain(code: string, language: ChosenLanguage): Printed {
  const explanation = explainCode(code)
  if (explanation !== undefined) return explanationText(explanation, language)
  const example = 'a name like COUNT_INSUFFICIENT, or a number like 0xC004F038, C004F038 or -1073418184'
  throw new ActivationError('USAGE', `there is no error "${code}"; a code is ${example}; "volact explain" lists all`)
}
