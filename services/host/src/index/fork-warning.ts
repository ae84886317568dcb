import { toHex } from '@volact/core/bytes'
import type { Instant } from '@volact/core/time'

/** A fork or twin (rule 18), with the names that the two branches had given themselves, where they are known. */
export interface ForkRow {
  /** Index of the entry. */
  readonly number: number
  readonly time: Instant
  readonly act: 'fork' | 'fork-again' | 'twin'
  /** 32 bytes. */
  readonly machine: Uint8Array
  /** Activation ID in the usual writing. */
  readonly product: string
  /** Of the branch that has shown itself, and of the one that was granted before it. */
  readonly name: string | null
  readonly other_name: string | null
}

/** What a person should know of a fork: the first time that both branches have shown themselves, and that a twin was told (rule 18). */
export function forkWarning({ act, machine, name, other_name: otherName }: ForkRow): string | undefined {
  const both = `${called(name)} and ${called(otherName)} (machine ${toHex(machine)})`
  switch (act) {
    case 'fork':
      return undefined
    case 'fork-again':
      return `${both} use one identity by turns: perhaps a copied machine; if it shows once more within 60 days, one of them is told to make itself a new one`
    case 'twin':
      return `${both} are twins, one copied from the other: ${called(name)} is told to make itself a new identity`
  }
}

/** A machine names itself, and a name with a line end must not make a line of a log. */
function called(name: string | null): string {
  return name === null ? 'a machine without a name' : JSON.stringify(name)
}
