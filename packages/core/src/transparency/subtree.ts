import { hashLength, NodeHasher } from './node-hash.ts'

/** Height of the subtrees that are kept as one piece: the width of a tile (C2SP tlog-tiles). */
export const subtreeHeight = 8

/** Number of leaves of such a subtree. */
export const subtreeLeaves = 256

/** Length of all nodes of a complete subtree, in bytes: 256 leaves, 128 nodes above them, …, one root. */
export const subtreeLength: number = (2 * subtreeLeaves - 1) * hashLength

/** Where complete subtrees are kept, by number: in memory, or in a file. */
export interface SubtreeStore {
  /** Gives all nodes of a complete subtree, level after level from the leaves up. The view is good until the next call of this. */
  read(number: number): Uint8Array
  /** Is handed a subtree as it becomes complete, and copies what it keeps of it. */
  keep(number: number, nodes: Uint8Array): void
}

/** Tells where in a subtree's nodes a hash begins, by its level from the leaves and its place on that level. */
export function nodeOffset(level: number, place: number): number {
  return (2 * subtreeLeaves - ((2 * subtreeLeaves) >> level) + place) * hashLength
}

/** Keeps all subtrees in memory, 64 bytes a leaf. */
export class MemorySubtrees implements SubtreeStore {
  readonly #subtrees: Uint8Array[] = []

  read(number: number): Uint8Array {
    const nodes = this.#subtrees[number]
    if (nodes === undefined) throw new Error(`there is no subtree ${number}`)
    return nodes
  }

  keep(number: number, nodes: Uint8Array): void {
    this.#subtrees[number] = nodes.slice()
  }
}

/** Computes what stands above the 256 leaf hashes with which the nodes of a complete subtree begin. */
export function fillSubtree(nodes: Uint8Array): void {
  const hasher = new NodeHasher()
  for (let level = 1; level <= subtreeHeight; level += 1) {
    for (let place = 0; place < subtreeLeaves >> level; place += 1) {
      hasher.left(nodes, nodeOffset(level - 1, 2 * place))
      hasher.right(nodes, nodeOffset(level - 1, 2 * place + 1))
      hasher.write(nodes, nodeOffset(level, place))
    }
  }
}
