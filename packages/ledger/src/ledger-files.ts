import { join } from 'node:path'

/** The files of a ledger's folder. */
export interface LedgerFiles {
  /** The entries, append-only: the record. */
  readonly entries: string
  /** Requests and details by index, which may be erased (rule 31). */
  readonly details: string
  /** The newest signed checkpoint. */
  readonly head: string
}

/** The longest signed checkpoint, in bytes: more than any has. */
export const headLimit = 1_024

/** Names the files of a ledger's folder. */
export function ledgerFiles(dir: string): LedgerFiles {
  return { entries: join(dir, 'entries.log'), details: join(dir, 'details.log'), head: join(dir, 'head.cose') }
}
