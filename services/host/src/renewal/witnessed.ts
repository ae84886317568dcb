import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { VendorFiles } from '../folder/files.ts'
import { readRecord, writeRecord } from '../folder/json-record.ts'

/** The size of the tree of which the authority is known to have seen the root; at the activation it saw the first entry (rule 7). */
export function readWitnessed({ witnessed }: Pick<VendorFiles, 'witnessed'>): number {
  return existsSync(witnessed) ? readSize(witnessed) : 1
}

/** Notes what the authority has seen. */
export function writeWitnessed({ witnessed }: Pick<VendorFiles, 'witnessed'>, size: number): void {
  writeRecord(witnessed, { size })
}

/** The size of the tree that the question under way shows to the authority: the ledger may grow until the answer is here. */
export function readAsked({ renewal }: Pick<VendorFiles, 'renewal'>): number {
  return readSize(join(renewal, asked))
}

/** Notes what the question shows. */
export function writeAsked({ renewal }: Pick<VendorFiles, 'renewal'>, size: number): void {
  writeRecord(join(renewal, asked), { size })
}

const asked = 'asked.json'

function readSize(path: string): number {
  return readRecord(path, (value) =>
    'size' in value && typeof value.size === 'number' && value.size >= 1 ? value.size : undefined,
  )
}
