import { nodeHash } from './node-hash.ts'

/** A complete subtree: the 2^height leaves from number × 2^height on. */
export interface Subtree {
  readonly height: number
  readonly number: number
}

/** Names the fewest complete subtrees that cover the leaves from one index to before another, in order. */
export function coverRange(from: number, to: number): readonly Subtree[] {
  const subtrees: Subtree[] = []
  for (let at = from; at < to;) {
    let height = 0
    // As long as it begins where twice as many leaves may, and does not go beyond the end.
    while (at % 2 ** (height + 1) === 0 && at + 2 ** (height + 1) <= to) height += 1
    subtrees.push({ height, number: at / 2 ** height })
    at += 2 ** height
  }
  return subtrees
}

/** Computes the root of a tree from its complete subtrees, added from left to right; a leaf is one of height 0. */
export class RangeRoot {
  readonly #stack: { readonly height: number; readonly hash: Uint8Array }[] = []
  #size = 0

  /** Number of leaves that were added. */
  get size(): number {
    return this.#size
  }

  /** Adds the next subtree; one that cannot begin at this size is a bug of the caller. */
  add(height: number, hash: Uint8Array): void {
    if (this.#size % 2 ** height !== 0) throw new Error(`no subtree of height ${height} begins at leaf ${this.#size}`)
    this.#size += 2 ** height
    let added = { height, hash }
    for (let top = this.#stack.at(-1); top?.height === added.height; top = this.#stack.at(-1)) {
      this.#stack.pop()
      added = { height: added.height + 1, hash: nodeHash(top.hash, added.hash) }
    }
    this.#stack.push(added)
  }

  /** Gives the root; `undefined` of no leaves. */
  root(): Uint8Array | undefined {
    return this.#stack.reduceRight<Uint8Array | undefined>(
      (right, { hash }) => (right === undefined ? hash : nodeHash(hash, right)),
      undefined,
    )
  }
}
