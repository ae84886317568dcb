interface Page {
  readonly bytes: Uint8Array
  pieces: number
}

/** Where some bytes lie. */
export interface Piece {
  readonly page: Page
  readonly at: number
  readonly length: number
}

const pageLength = 262_144

/**
 * Keeps many small pieces of bytes in large pages, which cost the garbage collector nothing. A page is given up when it is full, and goes when
 * the last of its pieces does.
 */
export class Pages {
  #page: Page = { bytes: new Uint8Array(0), pieces: 0 }
  #at = 0
  #givenUp = 0

  /** Bytes of memory that are taken: a page that one piece has left is there as a whole. */
  get held(): number {
    return this.#givenUp + (this.#page.pieces === 0 ? 0 : this.#at)
  }

  /** Keeps a copy of both, one behind the other. */
  keep(first: Uint8Array, second: Uint8Array): Piece {
    const length = first.length + second.length
    if (this.#at + length > this.#page.bytes.length) this.#turn(length)
    const piece = { page: this.#page, at: this.#at, length }
    this.#page.bytes.set(first, this.#at)
    this.#page.bytes.set(second, this.#at + first.length)
    this.#page.pieces += 1
    this.#at += length
    return piece
  }

  /** Keeps a piece no longer. */
  drop({ page }: Piece): void {
    page.pieces -= 1
    if (page.pieces === 0 && page !== this.#page) this.#givenUp -= page.bytes.length
  }

  #turn(length: number): void {
    if (this.#page.pieces > 0) this.#givenUp += this.#page.bytes.length
    this.#page = { bytes: new Uint8Array(Math.max(pageLength, length)), pieces: 0 }
    this.#at = 0
  }
}

/** The bytes of a piece. */
export function bytesOf({ page, at, length }: Piece): Uint8Array {
  return page.bytes.subarray(at, at + length)
}
