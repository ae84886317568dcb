import { type ErrorAlias, errorAliases } from './aliases.ts'
import { type ErrorElsewhere, errorsElsewhere } from './elsewhere.ts'
import type { ErrorRow } from './error-row.ts'
import { describeError, isNumber } from './table.ts'

/** What is known about a code that somebody asks for: a row, the way to one, or that it does not belong here. */
export type Explanation =
  | { readonly kind: 'row'; readonly row: ErrorRow }
  | { readonly kind: 'alias'; readonly row: ErrorRow; readonly alias: ErrorAlias }
  | { readonly kind: 'elsewhere'; readonly elsewhere: ErrorElsewhere }

/** Finds what is known about a name or a number, written as `describeError` takes it. */
export function explainCode(nameOrNumber: string): Explanation | undefined {
  const alias = errorAliases.find(({ number }) => isNumber(nameOrNumber, number))
  const row = describeError(alias?.name ?? nameOrNumber)
  if (row !== undefined) return alias === undefined ? { kind: 'row', row } : { kind: 'alias', row, alias }
  const elsewhere = errorsElsewhere.find(({ number }) => isNumber(nameOrNumber, number))
  return elsewhere && { kind: 'elsewhere', elsewhere }
}
