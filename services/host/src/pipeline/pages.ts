/** Where some bytes lie. */
export interface Piece {
  readonly page: Uint8Array
  readonly at: number
  readonly length: number
}

const pageLength = 262_144

/**
 * Keeps many small pieces of bytes in large pages, which cost the garbage collector nothing. A page is given up when it is full, and goes when
 * the last of its pieces does.
 */
export class Pages {
  #page = new Uint8Array(0)
  #at = 0

  /** Keeps a copy of both, one behind the other. */
  keep(first: Uint8Array, second: Uint8Array): Piece {
    const length = first.length + second.length
    if (this.#at + length > this.#page.length) {
      this.#page = new Uint8Array(Math.max(pageLength, length))
      this.#at = 0
    }
    const piece = { page: this.#page, at: this.#at, length }
    this.#page.set(first, this.#at)
    this.#page.set(second, this.#at + first.length)
    this.#at += length
    return piece
  }
}

/** The bytes of a piece. */
export function bytesOf({ page, at, length }: Piece): Uint8Array {
  return page.subarray(at, at + length)
}
