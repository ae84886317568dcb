import { errorAliases } from '@volact/core/errors/aliases'
import { errorsElsewhere } from '@volact/core/errors/elsewhere'
import { type ErrorRow, errorTable, formatErrorNumber } from '@volact/core/errors/table'

const introduction = `# Errors

<!-- Generated from the tables in packages/core/src/errors by "npm run docs". -->

Every failure has a name, a number, and an exit status with which a command ends on it: 10 the answer was no, 2 the command was not written correctly, 3 nobody could be reached, 4 this machine is in the way.
\`volact explain NAME\` and \`volact explain NUMBER\` print the same, the errors that are met most also in Czech, French, German, Italian and Japanese (\`--lang\`, or the language of the environment).
Where an error means the same as one of Microsoft's volume activation, it has the number of that one.
`

/** The page for administrators that lists the table of errors, by name. */
export function errorsPage(): string {
  const rows: readonly ErrorRow[] = errorTable
  const sections = rows.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(section)
  return [introduction, ...sections, aliases(), elsewhere()].join('\n')
}

function section({ name, number, exit, meaning, cause, remedy }: ErrorRow): string {
  return `## ${name}

\`${formatErrorNumber(number)}\` · exit status ${exit}

${meaning}

- Likely cause: ${cause}
- What to do: ${remedy}
`
}

function aliases(): string {
  const rows = errorAliases.map(
    ({ number, name, why }) => `| \`${formatErrorNumber(number)}\` | [${name}](#${name.toLowerCase()}) | ${why} |`,
  )
  return `## Other numbers that mean the same\n\n| number | error | |\n|---|---|---|\n${rows.join('\n')}\n`
}

function elsewhere(): string {
  const rows = errorsElsewhere.map(({ number, advice }) => `| \`${formatErrorNumber(number)}\` | ${advice} |`)
  const what = 'These belong to the volume activation of Microsoft. No part of Volact shows them.'
  return `## Numbers that do not occur\n\n${what}\n\n| number | |\n|---|---|\n${rows.join('\n')}\n`
}
