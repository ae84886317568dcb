import { confirmationRows } from './confirmation-rows.ts'
import { dnsRows } from './dns-rows.ts'
import { documentRows } from './document-rows.ts'
import type { ErrorRow } from './error-row.ts'
import { folderRows } from './folder-rows.ts'
import { hostRows } from './host-rows.ts'
import { keyRows } from './key-rows.ts'
import { ledgerRows } from './ledger-rows.ts'
import { ownRows } from './own-rows.ts'
import { referenceRows } from './reference-rows.ts'
import { stateRows } from './state-rows.ts'

export type { ErrorRow, ExitStatus } from './error-row.ts'

type Rows =
  | typeof hostRows
  | typeof keyRows
  | typeof confirmationRows
  | typeof stateRows
  | typeof documentRows
  | typeof ledgerRows
  | typeof folderRows
  | typeof dnsRows
  | typeof referenceRows
  | typeof ownRows

/** The name of a row of the table. */
export type ErrorCode = Rows[number]['name']

/** Every failure that has a code. Names and numbers are never changed or used again. */
export const errorTable: readonly (ErrorRow & { readonly name: ErrorCode })[] = [
  ...hostRows,
  ...keyRows,
  ...confirmationRows,
  ...stateRows,
  ...documentRows,
  ...ledgerRows,
  ...folderRows,
  ...dnsRows,
  ...referenceRows,
  ...ownRows,
]

/** Finds a row by its name in any case, or by its number: `0xC004F038`, `c004f038` or decimal. */
export function describeError(nameOrNumber: string): ErrorRow | undefined {
  const wanted = nameOrNumber.trim().toUpperCase()
  return errorTable.find(({ name, number }) => name === wanted || isNumber(wanted, number))
}

/** Writes the number of a row as administrators search for it: `0xC004F038`. */
export function formatErrorNumber(number: number): string {
  return `0x${number.toString(16).toUpperCase().padStart(8, '0')}`
}

/** Whether a text is a number in one of the ways in which people and tools write it, signed 32 bits among them, as Windows prints it. */
export function isNumber(text: string, number: number): boolean {
  const hexadecimal = formatErrorNumber(number).toUpperCase()
  const writings = [hexadecimal, hexadecimal.slice(2), String(number), String(number | 0)]
  return writings.includes(text.trim().toUpperCase())
}
