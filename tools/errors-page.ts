import { type ErrorRow, errorTable, formatErrorNumber } from '@volact/core/errors/table'

const introduction = `# Errors

<!-- Generated from packages/core/src/errors/table.ts by "npm run docs". -->

Every failure has a name, a number, and an exit status with which a command ends on it: 10 the answer was no, 2 the command was not written correctly, 3 nobody could be reached, 4 this machine is in the way.
\`volact explain NAME\` and \`volact explain NUMBER\` print the same.
`

/** The page for administrators that lists the table of errors, by name. */
export function errorsPage(): string {
  const rows: readonly ErrorRow[] = errorTable
  return [introduction, ...rows.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(section)].join('\n')
}

function section({ name, number, exit, meaning, cause, remedy }: ErrorRow): string {
  return `## ${name}

\`${formatErrorNumber(number)}\` · exit status ${exit}

${meaning}

- Likely cause: ${cause}
- What to do: ${remedy}
`
}
