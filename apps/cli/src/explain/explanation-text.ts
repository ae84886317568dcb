import type { ErrorRow } from '@volact/core/errors/error-row'
import type { Explanation } from '@volact/core/errors/explain-code'
import { formatErrorNumber } from '@volact/core/errors/table'
import type { Printed } from '../output.ts'
import { displayWidth } from './display-width.ts'
import { type ChosenLanguage, english } from './language.ts'
import type { Labels, Sentences, Translation } from './translation.ts'

/** Puts what is known about a code into words of the language; what is not there in it comes in English, with a note. */
export function explanationText(explanation: Explanation, language: ChosenLanguage): Printed {
  const { translation } = language
  const labels = translation?.labels ?? english
  if (explanation.kind === 'elsewhere') {
    const { number, advice } = explanation.elsewhere
    const json = { number: formatErrorNumber(number), applies: false, advice }
    return { text: `${labels.elsewhere(formatErrorNumber(number))}\n${advice}`, json, notes: onlyEnglish(translation) }
  }
  const said = sentencesOf(explanation.row, translation)
  if (said !== undefined) return rowText(explanation, said, labels, language.name)
  return { ...rowText(explanation, explanation.row, english, 'en'), notes: onlyEnglish(translation) }
}

/** The sentences of a row in a language, if they are there. */
export function sentencesOf({ name }: ErrorRow, translation: Translation | undefined): Sentences | undefined {
  const errors: Readonly<Partial<Record<string, Sentences>>> = translation?.errors ?? {}
  return errors[name]
}

/** A row for programs. The code and the numbers are the same in every language. */
export function rowJson({ name, number, exit }: ErrorRow, { meaning, cause, remedy }: Sentences): object {
  return { code: name, number: formatErrorNumber(number), exit, meaning, cause, remedy }
}

type Explained = Exclude<Explanation, { kind: 'elsewhere' }>

function rowText(explained: Explained, said: Sentences, labels: Labels, lang: string): Printed {
  const { row } = explained
  const more = [
    [labels.cause, said.cause],
    [labels.remedy, said.remedy],
    [labels.exit, String(row.exit)],
  ] as const
  const text = `${row.name} ${formatErrorNumber(row.number)}\n${said.meaning}\n\n${labelled(more)}`
  const json = { ...rowJson(row, said), lang }
  if (explained.kind === 'row') return { text, json }
  const asked = formatErrorNumber(explained.alias.number)
  const why = labels === english ? ` ${explained.alias.why}` : ''
  return { text: `${labels.sameAs(asked, row.name)}${why}\n\n${text}`, json: { asked, ...json } }
}

function labelled(pairs: readonly (readonly [label: string, text: string])[]): string {
  const widest = Math.max(...pairs.map(([label]) => displayWidth(label)))
  return pairs.map(([label, text]) => `${label}${' '.repeat(widest - displayWidth(label))}  ${text}`).join('\n')
}

function onlyEnglish(translation: Translation | undefined): readonly string[] {
  return translation === undefined ? [] : [translation.labels.onlyEnglish]
}
