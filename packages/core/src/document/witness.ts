import { equal } from '../bytes.ts'
import { verifyConsistency } from '../transparency/proof.ts'
import type { Receipt } from './receipt.ts'
import type { TreeHead } from './tree-head.ts'

/** The last tree of a log that a witness has seen. */
export interface WitnessedTree {
  readonly size: number
  readonly root: Uint8Array
}

/** What a newer head says to a witness. */
export type Testimony =
  | { readonly kind: 'continued' }
  /** It may be continued, but that was not shown: consistency has to be proved from the size that the witness knows. */
  | { readonly kind: 'not-shown' }
  | { readonly kind: 'contradicts'; readonly code: 'LOG_FORKED' | 'HOST_ROLLED_BACK' }

/** Compares a signed head, with the consistency proof beside it, with the last tree that was seen of the same log (rules 6, 22). */
export function compareWithWitnessed(
  { size, root }: TreeHead,
  { consistency }: Pick<Receipt, 'consistency'>,
  witnessed: WitnessedTree,
): Testimony {
  if (size < witnessed.size) return { kind: 'contradicts', code: 'HOST_ROLLED_BACK' }
  if (size === witnessed.size) {
    return equal(root, witnessed.root) ? { kind: 'continued' } : { kind: 'contradicts', code: 'LOG_FORKED' }
  }
  if (consistency?.from !== witnessed.size) return { kind: 'not-shown' }
  const roots = { fromRoot: witnessed.root, toRoot: root }
  const isContinued = verifyConsistency({ from: witnessed.size, to: size, ...roots, path: consistency.path })
  return isContinued ? { kind: 'continued' } : { kind: 'contradicts', code: 'LOG_FORKED' }
}
