import { hashLength } from './node-hash.ts'

const firstCapacity = 64

/** A growing list of 32-byte hashes in one array, so that a million of them are 32 MB and one object. */
export class HashList {
  #bytes = new Uint8Array(firstCapacity * hashLength)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** All hashes, one after another, with room behind them; good until the next `push`. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** Adds the hash at an offset of an array. */
  push(bytes: Uint8Array, offset = 0): void {
    const end = this.#length * hashLength
    if (end === this.#bytes.length) {
      const larger = new Uint8Array(2 * end)
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#bytes.set(bytes.subarray(offset, offset + hashLength), end)
    this.#length += 1
  }

  /** Gives a copy of one hash; an index outside the list is a bug of the caller. */
  at(index: number): Uint8Array {
    if (index >= this.#length) throw new Error(`no hash ${index} in a list of ${this.#length}`)
    return this.#bytes.slice(index * hashLength, (index + 1) * hashLength)
  }
}
