import { encodeEntry } from '@volact/core/document/ledger-entry'
import { MerkleTree } from '@volact/core/transparency/merkle'
import { leafHash } from '@volact/core/transparency/node-hash'
import { sampleActivation } from './vector-entries.ts'
import { bad, filled, good } from './vector-file.ts'
import type { FileDraft } from './vector-file.ts'

/** The tree and its proofs. */
export function proofFiles(): readonly FileDraft[] {
  return [merkleTrees(), inclusions(), consistencies()]
}

/** Entry 0 of the ledger of vectors. */
export const first: Uint8Array = encodeEntry(sampleActivation)
/** Its entries. */
export const entries: readonly Uint8Array[] = [
  first,
  ...Array.from({ length: 20 }, (_, index) => Uint8Array.of(0x18, 0x64 + index)),
]
/** Its tree. */
export const tree: MerkleTree = new MerkleTree()
for (const entry of entries) tree.append(leafHash(entry))

function merkleTrees(): FileDraft {
  const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17]
  return {
    format: 'merkle-tree',
    section: '§7.1',
    about: 'Computes the root of a ledger of these entries; of one entry, it is the log ID.',
    cases: sizes.map((size) => good(`${size} entries`, { entries: entries.slice(0, size) })),
  }
}

function inclusions(): FileDraft {
  const proof = (
    index: number,
    size: number,
  ): { index: number; size: number; leaf: Uint8Array; path: readonly Uint8Array[] } => ({
    ...{ index, size, leaf: leafHash(entries[index] ?? first) },
    path: tree.inclusionPath(index, size),
  })
  const places = [
    [0, 1],
    [0, 2],
    [1, 2],
    [2, 3],
    [0, 5],
    [4, 5],
    [6, 7],
    [3, 8],
    [8, 9],
    [11, 20],
    [20, 21],
  ] as const
  const one = proof(3, 8)
  return {
    format: 'inclusion',
    section: '§7.1',
    about:
      'Computes the root from a leaf and its path (RFC 9162 §2.1.3.2); the roots of the sizes are in merkle-tree.json.',
    cases: [
      ...places.map(([index, size]) => good(`${index} of ${size}`, proof(index, size))),
      bad('RECEIPT_INVALID', 'a path that is too short', { ...one, path: one.path.slice(1) }),
      bad('RECEIPT_INVALID', 'a path that is too long', { ...one, path: [...one.path, filled(1)] }),
      bad('RECEIPT_INVALID', 'an index beyond the tree', { ...one, index: 8 }),
      bad('RECEIPT_INVALID', 'an empty tree', { ...one, index: 0, size: 0, path: [] }),
    ],
  }
}

function consistencies(): FileDraft {
  const proof = (
    from: number,
    to: number,
  ): { from: number; to: number; fromRoot: Uint8Array; toRoot: Uint8Array; path: readonly Uint8Array[] } => ({
    ...{ from, to, fromRoot: tree.rootAt(from), toRoot: tree.rootAt(to) },
    path: from === to ? [] : tree.consistencyPath(from, to),
  })
  const pairs = [
    [1, 2],
    [1, 8],
    [2, 3],
    [3, 7],
    [4, 7],
    [6, 8],
    [7, 8],
    [8, 9],
    [5, 21],
    [16, 17],
    [20, 21],
  ] as const
  const one = proof(3, 7)
  return {
    format: 'consistency',
    section: '§7.1, §8.4',
    about: 'Checks that a tree continues an earlier one (RFC 9162 §2.1.4.2).',
    cases: [
      ...pairs.map(([from, to]) => good(`${from} to ${to}`, proof(from, to))),
      good('the same size and root, without a proof', proof(7, 7)),
      bad('CONSISTENCY_FAILED', 'the same size and another root', { ...proof(7, 7), toRoot: filled(1) }),
      bad('CONSISTENCY_FAILED', 'a path where none belongs', { ...proof(7, 7), path: [filled(1)] }),
      bad('CONSISTENCY_FAILED', 'another earlier root', { ...one, fromRoot: filled(1) }),
      bad('CONSISTENCY_FAILED', 'another later root', { ...one, toRoot: filled(1) }),
      bad('CONSISTENCY_FAILED', 'a path that is too short', { ...one, path: one.path.slice(0, -1) }),
      bad('CONSISTENCY_FAILED', 'a path that is too long', { ...one, path: [...one.path, filled(1)] }),
      bad('CONSISTENCY_FAILED', 'backwards', { ...one, from: 7, to: 3, fromRoot: one.toRoot, toRoot: one.fromRoot }),
      bad('CONSISTENCY_FAILED', 'another size', { ...one, from: 2 }),
    ],
  }
}
