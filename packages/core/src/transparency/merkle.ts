import { HashList } from './hash-list.ts'
import { copyHash, emptyRoot, hashLength, NodeHasher } from './node-hash.ts'
import {
  MemorySubtrees,
  nodeOffset,
  subtreeHeight,
  subtreeLeaves,
  subtreeLength,
  type SubtreeStore,
} from './subtree.ts'

/** Is handed a hash: the 32 bytes at an offset of an array that is the tree's own and good for this call only. */
export type TakeHash = (bytes: Uint8Array, offset: number) => void

/** How many of the newest subtrees stay in memory: proofs of the last 768 leaves at least need no store. */
const recent = 4

/** No tree has more levels: sizes end at 2^53 − 1. */
const mostLevels = 54

/**
 * The growing Merkle tree of RFC 9162 §2.1 over a ledger's leaf hashes. In memory it keeps its right edge and the levels
 * from 8 up, a quarter of a byte a leaf; complete subtrees of 256 leaves lie in a store and are read when an old leaf is
 * asked for: one of them for a consistency proof, none for the inclusion of what was just appended. Sizes and indexes
 * outside the tree are a bug of the caller: what comes from the network is compared with `size` first.
 */
export class MerkleTree {
  readonly #store: SubtreeStore
  // The element at h − 8 holds, in order, the roots of the complete subtrees of 2^h leaves. Invariant: ⌊size / 2^h⌋ of them.
  readonly #upper: HashList[] = [new HashList()]
  readonly #recent = new Uint8Array(recent * subtreeLength)
  readonly #hasher = new NodeHasher()
  readonly #present = new RightEdge()
  readonly #past = new RightEdge()
  #size = 0
  // The first leaf whose subtree was built here and so may still be in memory.
  #begin = 0
  #read: { readonly number: number; readonly nodes: Uint8Array } | undefined

  constructor(store: SubtreeStore = new MemorySubtrees()) {
    this.#store = store
  }

  /** Number of leaves. */
  get size(): number {
    return this.#size
  }

  /** Appends a leaf hash (`leafHash` of the entry), the 32 bytes at an offset, and returns its index. */
  append(leaf: Uint8Array, offset = 0): number {
    if (leaf.length < offset + hashLength)
      throw new Error(`a leaf hash has ${hashLength} bytes, not ${leaf.length - offset}`)
    const index = this.#size
    const number = Math.floor(index / subtreeLeaves)
    const base = recentOffset(number)
    let place = index % subtreeLeaves
    copyHash(leaf, offset, this.#recent, base + nodeOffset(0, place))
    for (let level = 0; place % 2 === 1; level += 1) {
      this.#hasher.left(this.#recent, base + nodeOffset(level, place - 1))
      this.#hasher.right(this.#recent, base + nodeOffset(level, place))
      place = (place - 1) / 2
      this.#hasher.write(this.#recent, base + nodeOffset(level + 1, place))
    }
    this.#size += 1
    if (this.#size % subtreeLeaves === 0) {
      this.#raise(this.#recent, base + nodeOffset(subtreeHeight, 0))
      this.#store.keep(number, this.#recent.subarray(base, base + subtreeLength))
    }
    return index
  }

  /** Takes over a complete subtree of 256 leaves that the store has already, by its root. */
  appendSubtree(root: Uint8Array): void {
    if (this.#size % subtreeLeaves !== 0) throw new Error(`a subtree does not begin at leaf ${this.#size}`)
    this.#size += subtreeLeaves
    this.#begin = this.#size
    this.#raise(root, 0)
  }

  /** Gives the root over all leaves, 32 bytes. */
  root(): Uint8Array {
    return this.rootAt(this.#size)
  }

  /** Gives the root that the tree had at a size, 0 to its present one. */
  rootAt(size: number): Uint8Array {
    requireWithin(size, this.#size)
    return size === 0 ? emptyRoot() : this.#edge(size).root()
  }

  /** Gives the inclusion path of a leaf in the tree of a size, lowest hash first: PATH(m, D[n]) of RFC 9162 §2.1.3.1. */
  inclusionPath(index: number, size: number = this.#size): readonly Uint8Array[] {
    return collect((take) => this.takeInclusion(index, size, take))
  }

  /**
   * Gives the consistency path between two sizes, 1 ≤ from ≤ to: PROOF(m, D[n]) of RFC 9162 §2.1.4.1. Empty for the same
   * size, where the roots are compared instead (rule 22).
   */
  consistencyPath(from: number, to: number = this.#size): readonly Uint8Array[] {
    return collect((take) => this.takeConsistency(from, to, take))
  }

  /** Hands out the hashes of `inclusionPath` one by one, and returns how many they were. */
  takeInclusion(index: number, size: number, take: TakeHash): number {
    requireWithin(size, this.#size)
    requireWithin(index, size - 1)
    return this.#climb(0, index, size, take)
  }

  /** Hands out the hashes of `consistencyPath` one by one, and returns how many they were. */
  takeConsistency(from: number, to: number, take: TakeHash): number {
    requireWithin(to, this.#size)
    requireWithin(from - 1, to - 1)
    if (from === to) return 0
    let level = 0
    let node = from - 1
    for (; node % 2 === 1; level += 1) node = (node - 1) / 2
    // When the old tree is one complete subtree, the verifier has its root already, and the path leaves it out.
    if (node === 0) return this.#climb(level, node, to, take)
    this.#take(level, node, take)
    return 1 + this.#climb(level, node, to, take)
  }

  /** Hands out the root of the 2^height leaves from number × 2^height on, which all are in the tree. */
  takeNode(height: number, number: number, take: TakeHash): void {
    requireWithin((number + 1) * 2 ** height, this.#size)
    this.#take(height, number, take)
  }

  /** Hands out the siblings from a node up to the root. The last node of a level may be incomplete: it is the right edge's. */
  #climb(from: number, start: number, size: number, take: TakeHash): number {
    const edge = this.#edge(size)
    let node = start
    let last = Math.floor((size - 1) / 2 ** from)
    let count = 0
    for (let level = from; last > 0; level += 1) {
      const isLeft = node % 2 === 0
      if (!isLeft || node < last) {
        if (isLeft && node + 1 === last) take(edge.hashes, level * hashLength)
        else this.#take(level, isLeft ? node + 1 : node - 1, take)
        count += 1
      }
      node = Math.floor(node / 2)
      last = Math.floor(last / 2)
    }
    return count
  }

  #edge(size: number): RightEdge {
    const edge = size === this.#size ? this.#present : this.#past
    if (edge.size !== size) this.#draw(edge, size)
    return edge
  }

  #draw(edge: RightEdge, size: number): void {
    const { hashes } = edge
    const from = completeLevels(size)
    let last = size / 2 ** from - 1
    edge.size = -1 // Until all of it is there: reading may fail.
    edge.top = from
    this.#take(from, last, (bytes, offset) => {
      copyHash(bytes, offset, hashes, from * hashLength)
    })
    for (; last > 0; edge.top += 1) {
      const at = edge.top * hashLength
      if (last % 2 === 1) {
        this.#take(edge.top, last - 1, this.#toLeft)
        this.#hasher.right(hashes, at)
        this.#hasher.write(hashes, at + hashLength)
      } else copyHash(hashes, at, hashes, at + hashLength)
      last = Math.floor(last / 2)
    }
    this.#drawBelow(edge, size, from)
    edge.size = size
  }

  /** Below the highest complete node, the last node of each level is complete, too. */
  #drawBelow({ hashes }: RightEdge, size: number, levels: number): void {
    for (let level = 0; level < levels; level += 1) {
      this.#take(level, size / 2 ** level - 1, (bytes, offset) => {
        copyHash(bytes, offset, hashes, level * hashLength)
      })
    }
  }

  readonly #toLeft: TakeHash = (bytes, offset) => {
    this.#hasher.left(bytes, offset)
  }

  #take(level: number, node: number, take: TakeHash): void {
    const above = this.#upper[level - subtreeHeight]
    if (above !== undefined) {
      take(above.bytes, node * hashLength)
      return
    }
    const width = subtreeLeaves / 2 ** level
    const number = Math.floor(node / width)
    const offset = nodeOffset(level, node - number * width)
    if (this.#isRecent(number)) take(this.#recent, recentOffset(number) + offset)
    else take(this.#stored(number), offset)
  }

  #isRecent(number: number): boolean {
    return number > this.#size / subtreeLeaves - recent && number * subtreeLeaves >= this.#begin
  }

  #stored(number: number): Uint8Array {
    if (this.#read?.number !== number) {
      // What was read last is no longer good, whether this reading works or not.
      this.#read = undefined
      this.#read = { number, nodes: this.#store.read(number) }
    }
    return this.#read.nodes
  }

  #raise(bytes: Uint8Array, offset: number): void {
    let list = this.#level(0)
    list.push(bytes, offset)
    for (let level = 1; list.length % 2 === 0; level += 1) {
      this.#hasher.left(list.bytes, (list.length - 2) * hashLength)
      this.#hasher.right(list.bytes, (list.length - 1) * hashLength)
      const parent = new Uint8Array(hashLength)
      this.#hasher.write(parent, 0)
      list = this.#level(level)
      list.push(parent)
    }
  }

  #level(above: number): HashList {
    return (this.#upper[above] ??= new HashList())
  }
}

/** The last node of each level of a tree of a size, complete or not; the topmost is the root. */
class RightEdge {
  readonly hashes = new Uint8Array(mostLevels * hashLength)
  size = -1
  top = 0

  root(): Uint8Array {
    return this.hashes.slice(this.top * hashLength, (this.top + 1) * hashLength)
  }
}

/** The height of the complete subtree with which a tree of a size ends. */
function completeLevels(size: number): number {
  let levels = 0
  for (let rest = size; rest % 2 === 0; rest /= 2) levels += 1
  return levels
}

function recentOffset(number: number): number {
  return (number % recent) * subtreeLength
}

function collect(run: (take: TakeHash) => number): readonly Uint8Array[] {
  const hashes: Uint8Array[] = []
  run((bytes, offset) => hashes.push(bytes.slice(offset, offset + hashLength)))
  return hashes
}

function requireWithin(value: number, last: number): void {
  if (!Number.isSafeInteger(value) || value < 0 || value > last) {
    throw new Error(`${value} is not within the tree: 0 to ${last}`)
  }
}
