import { HashList } from './hash-list.ts'
import { emptyRoot, hashLength, nodeHash } from './node-hash.ts'

/**
 * The growing Merkle tree of RFC 9162 §2.1 over a ledger's leaf hashes. It keeps the root of every complete subtree, 64
 * bytes a leaf in all, and gives roots and proofs for its present size and for every smaller one. Sizes and indexes
 * outside the tree are a bug of the caller: what comes from the network is compared with `size` first.
 */
export class MerkleTree {
  // Level h holds, in order, the roots of the complete subtrees of 2^h leaves. Invariant: ⌊size / 2^h⌋ of them.
  readonly #levels: HashList[] = []

  /** Number of leaves. */
  get size(): number {
    return this.#levels[0]?.length ?? 0
  }

  /** Appends a leaf hash of 32 bytes (`leafHash` of the entry), and returns its index. */
  append(leaf: Uint8Array): number {
    if (leaf.length !== hashLength) throw new Error(`a leaf hash has ${hashLength} bytes, not ${leaf.length}`)
    const index = this.size
    this.#push(0, leaf)
    return index
  }

  /** Gives the root over all leaves, 32 bytes. */
  root(): Uint8Array {
    return this.rootAt(this.size)
  }

  /** Gives the root that the tree had at a size, 0 to its present one. */
  rootAt(size: number): Uint8Array {
    requireWithin(size, this.size)
    return size === 0 ? emptyRoot() : this.#subtree(0, size)
  }

  /** Gives the inclusion path of a leaf in the tree of a size, lowest hash first: PATH(m, D[n]) of RFC 9162 §2.1.3.1. */
  inclusionPath(index: number, size: number = this.size): readonly Uint8Array[] {
    requireWithin(size, this.size)
    requireWithin(index, size - 1)
    return this.#path(index, 0, size)
  }

  /**
   * Gives the consistency path between two sizes, 1 ≤ from ≤ to: PROOF(m, D[n]) of RFC 9162 §2.1.4.1. Empty for the same
   * size, where the roots are compared instead (rule 22).
   */
  consistencyPath(from: number, to: number = this.size): readonly Uint8Array[] {
    requireWithin(to, this.size)
    requireWithin(from - 1, to - 1)
    return this.#subproof(from, 0, to, true)
  }

  #push(height: number, hash: Uint8Array): void {
    const level = this.#level(height)
    level.push(hash)
    if (level.length % 2 === 0) {
      this.#push(height + 1, nodeHash(level.at(level.length - 2), level.at(level.length - 1)))
    }
  }

  /** MTH(D[start:start+size]). Every subtree of the definition starts at a multiple of the power of two that its size does not exceed. */
  #subtree(start: number, size: number): Uint8Array {
    const left = largestPowerBelow(size)
    if (size === 2 * left || size === 1) return this.#complete(start, size)
    return nodeHash(this.#complete(start, left), this.#subtree(start + left, size - left))
  }

  #complete(start: number, size: number): Uint8Array {
    return this.#level(Math.log2(size)).at(start / size)
  }

  #level(height: number): HashList {
    return (this.#levels[height] ??= new HashList())
  }

  #path(index: number, start: number, size: number): Uint8Array[] {
    if (size === 1) return []
    const left = largestPowerBelow(size)
    return index < left
      ? [...this.#path(index, start, left), this.#subtree(start + left, size - left)]
      : [...this.#path(index - left, start + left, size - left), this.#subtree(start, left)]
  }

  /** SUBPROOF(m, D[start:start+size], known): `known` while the verifier has this very subtree as the old tree's root. */
  #subproof(from: number, start: number, size: number, known: boolean): Uint8Array[] {
    if (from === size) return known ? [] : [this.#subtree(start, size)]
    const left = largestPowerBelow(size)
    return from <= left
      ? [...this.#subproof(from, start, left, known), this.#subtree(start + left, size - left)]
      : [...this.#subproof(from - left, start + left, size - left, false), this.#subtree(start, left)]
  }
}

/** The largest power of two smaller than a number: k of RFC 9162 §2.1.1 (for 1, where there is none, 1). */
function largestPowerBelow(size: number): number {
  let power = 1
  while (power * 2 < size) power *= 2
  return power
}

function requireWithin(value: number, last: number): void {
  if (!Number.isSafeInteger(value) || value < 0 || value > last) {
    throw new Error(`${value} is not within the tree: 0 to ${last}`)
  }
}
