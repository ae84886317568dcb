import { equal } from '../bytes.ts'
import { hashLength, nodeHash } from './node-hash.ts'

/** An inclusion proof as it arrives: nothing in it is believed. */
export interface InclusionProof {
  /** Place of the leaf, from 0. */
  readonly index: number
  /** Number of leaves of the tree; to be taken from the signed checkpoint, since other sizes may give the same root (rule 21). */
  readonly size: number
  /** Leaf hash, 32 bytes. */
  readonly leaf: Uint8Array
  /** Hashes of 32 bytes, lowest first. */
  readonly path: readonly Uint8Array[]
}

/** A consistency proof as it arrives. Sizes and roots are to be taken from signed checkpoints, the path is not believed. */
export interface ConsistencyProof {
  readonly from: number
  readonly to: number
  readonly fromRoot: Uint8Array
  readonly toRoot: Uint8Array
  readonly path: readonly Uint8Array[]
}

/**
 * Computes the root that an inclusion proof leads to (RFC 9162 §2.1.3.2), for the caller to compare with a signed one;
 * `undefined` when the proof is none for this index and size. Sizes up to 2^53 − 1.
 */
export function rootFromInclusion({ index, size, leaf, path }: InclusionProof): Uint8Array | undefined {
  if (!isWithin(index, 0, size - 1) || !isWithin(size, 1) || ![leaf, ...path].every(isHash)) return undefined
  const climb = new Climb(index, size - 1)
  let root = leaf
  for (const sibling of path) {
    if (climb.isAtTop) return undefined
    root = climb.next() === 'left' ? nodeHash(sibling, root) : nodeHash(root, sibling)
  }
  return climb.isAtTop ? root : undefined
}

/**
 * Whether the tree of the second size continues the tree of the first (RFC 9162 §2.1.4.2). Of the same size, the roots
 * must be equal and the path empty (rule 22). Nothing is consistent with size 0: no checkpoint is of an empty tree.
 */
export function verifyConsistency({ from, to, fromRoot, toRoot, path }: ConsistencyProof): boolean {
  if (!isWithin(from, 1, to) || !isWithin(to, 1) || ![fromRoot, toRoot, ...path].every(isHash)) return false
  if (from === to) return path.length === 0 && equal(fromRoot, toRoot)
  const climb = new Climb(from - 1, to - 1)
  climb.skipRightTurns()
  // When the old tree is one complete subtree, the verifier has its root already, and the path leaves it out.
  const [first, ...rest] = climb.isLeftmost ? [fromRoot, ...path] : path
  if (first === undefined) return false
  let old = first
  let young = first
  for (const sibling of rest) {
    if (climb.isAtTop) return false
    if (climb.next() === 'left') {
      old = nodeHash(sibling, old)
      young = nodeHash(sibling, young)
    } else {
      young = nodeHash(young, sibling)
    }
  }
  return climb.isAtTop && equal(old, fromRoot) && equal(young, toRoot)
}

/**
 * The way up from a leaf: `fn` and `sn` of RFC 9162, the places of the present node and of the last node on its level.
 * By division, since the bit operations of the language end at 32 bits.
 */
class Climb {
  #node: number
  #last: number

  constructor(node: number, last: number) {
    this.#node = node
    this.#last = last
  }

  get isAtTop(): boolean {
    return this.#last === 0
  }

  get isLeftmost(): boolean {
    return this.#node === 0
  }

  /** Says on which side the sibling stands, and goes up to the next level that has one. */
  next(): 'left' | 'right' {
    const isRightChild = this.#node % 2 === 1
    const side = isRightChild || this.#node === this.#last ? 'left' : 'right'
    // The last node of its level may have no sibling; it stands for its parent until it is a right child.
    if (side === 'left') while (this.#node % 2 === 0 && this.#node !== 0) this.#up()
    this.#up()
    return side
  }

  skipRightTurns(): void {
    while (this.#node % 2 === 1) this.#up()
  }

  #up(): void {
    this.#node = Math.floor(this.#node / 2)
    this.#last = Math.floor(this.#last / 2)
  }
}

function isWithin(value: number, first: number, last: number = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isSafeInteger(value) && value >= first && value <= last
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === hashLength
}
