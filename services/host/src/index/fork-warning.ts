import type { LedgerEntry } from '@volact/core/document/ledger-entry'
import { type Beside, rowsOf } from './rows.ts'
import type { ForkTable } from './tables.ts'

/** What a person should know of a fork: the first time that both branches have shown themselves, and that a twin was told (rule 18). */
export function forkWarning({ act, machine, name, other_name: otherName }: ForkTable): string | undefined {
  const both = `${called(name)} and ${called(otherName)} (machine ${machine})`
  switch (act) {
    case 'fork':
      return undefined
    case 'fork-again':
      return `${both} use one identity by turns: perhaps a copied machine; if it shows once more within 60 days, one of them is told to make itself a new one`
    case 'twin':
      return `${both} are twins, one copied from the other: ${called(name)} is told to make itself a new identity`
  }
}

/** The same of entries, where no index knows the other name. */
export function forkWarnings(
  vendor: string,
  entries: readonly { readonly entry: LedgerEntry; readonly details?: Beside }[],
): readonly string[] {
  return entries.flatMap(({ entry, details }) => {
    const { fork } = rowsOf(vendor, entry, details)
    return (fork && forkWarning({ ...fork, other_name: null })) ?? []
  })
}

/** A machine names itself, and a name with a line end must not make a line of a log. */
function called(name: string | null): string {
  return name === null ? 'a machine without a name' : JSON.stringify(name)
}
