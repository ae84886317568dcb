import type { HostCheck } from '@volact/host/check/host-check'
import { columns } from './columns.ts'

/** Lays checks out for a person: verdict, name, what was seen, what to do; and last how it stands as a whole. */
export function hostCheckText(checks: readonly HostCheck[]): string {
  return `${columns(checks.flatMap(rows))}\n\n${conclusion(checks)}`
}

function rows({ verdict, name, says, todo }: HostCheck): readonly (readonly string[])[] {
  const [first = '', ...more] = [...says.split('\n'), ...(todo === undefined ? [] : [`> ${todo}`])]
  return [[verdict, name, first], ...more.map((line) => ['', '', line])]
}

function conclusion(checks: readonly HostCheck[]): string {
  const [problems, warnings] = (['problem', 'warning'] as const).map((kind) => {
    return checks.filter(({ verdict }) => verdict === kind).length
  })
  if (problems !== 0) return `${String(problems)} of ${String(checks.length)} checks found a problem.`
  return warnings === 0
    ? 'All is well.'
    : `It works; ${String(warnings)} of ${String(checks.length)} checks have a warning.`
}
