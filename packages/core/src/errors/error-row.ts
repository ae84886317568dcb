/** The exit status with which a command ends on an error: refused, wrong usage, not reached, this machine in the way. */
export type ExitStatus = 10 | 2 | 3 | 4

/** One row of the table: a name, a number to search for, an exit status, and a sentence each for a person. */
export interface ErrorRow {
  readonly name: string
  /** Unsigned 32 bits: the number of the reference where the meaning is the same, else our own from 0xE0560001. */
  readonly number: number
  readonly exit: ExitStatus
  readonly meaning: string
  readonly cause: string
  readonly remedy: string
}
