import { describeError, formatErrorNumber } from '@volact/core/errors/table'
import { columns } from '../columns.ts'
import { type Check, checkTitles, type Verdict } from './check.ts'
import type { Diagnosis } from './diagnose.ts'

/** Lays the checks out for a person: verdict, title, what was seen, what to do; and last the first thing to do. */
export function diagnosisText({ checks, verdict, first }: Diagnosis): string {
  return `${columns(checks.flatMap(rows))}\n\n${conclusions[verdict]}${first}`
}

const verdictWords: Readonly<Record<Verdict, string>> = {
  ok: 'ok',
  warning: 'warning',
  problem: 'problem',
  'not-reached': 'not reached',
}

const conclusions = { ok: 'All is well. ', warning: 'It works, but: ', problem: 'First: ' } as const

function rows({ id, verdict, seen, advice, code }: Check): readonly (readonly string[])[] {
  const lines = [...seen, ...(verdict === 'problem' ? [codeText(code)] : []), ...advice.map((text) => `> ${text}`)]
  return lines.map((line, index) => (index === 0 ? [verdictWords[verdict], checkTitles[id], line] : ['', '', line]))
}

function codeText(code: Check['code']): string {
  const row = describeError(code ?? '')
  return row === undefined ? '' : `${row.name} ${formatErrorNumber(row.number)}: "volact explain ${row.name}"`
}
