import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { type LedgerFiles, ledgerFiles } from './ledger-files.ts'

/** What vouches for a file: the tree, a signature at its own end, or nothing, because it is none of the ledger's. */
export type Cover = 'tree' | 'own-signature' | 'none'

/** A file of a ledger's folder, and what vouches for it (rule 30). */
export interface CoveredFile {
  readonly name: string
  readonly cover: Cover
  /** A phrase for a person. */
  readonly note: string
}

/** Says for each file of a ledger's folder what vouches for it. */
export function coverFolder(dir: string): readonly CoveredFile[] {
  return readdirSync(dir)
    .sort()
    .map((name) => ({ name, ...(known[name] ?? foreign) }))
}

const names: LedgerFiles = ledgerFiles('')

const known: Readonly<Record<string, Omit<CoveredFile, 'name'>>> = {
  [basename(names.entries)]: { cover: 'tree', note: 'every entry is a leaf of the tree whose root the head signs' },
  [basename(names.details)]: { cover: 'tree', note: 'erasable; each record fits the digests in its entry' },
  [basename(names.head)]: { cover: 'own-signature', note: 'the newest signed checkpoint' },
}

const foreign = { cover: 'none', note: 'not a file of the ledger' } as const
