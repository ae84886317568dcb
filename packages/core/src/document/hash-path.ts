import { hashLength } from '../transparency/node-hash.ts'

/** A hash as a byte string of CBOR: two bytes of head, and the hash. */
const stride = hashLength + 2

/** No tree of up to 2^53 leaves has a longer proof. */
const mostHashes = 64

/**
 * The hashes of one proof, as they stand in its CBOR array. One is filled again and again: `take` is handed to whoever knows the hashes,
 * and copies each at once.
 */
export class HashPath {
  /** The items of the array, `length` bytes of them. */
  readonly bytes: Uint8Array = new Uint8Array(mostHashes * stride)
  #count = 0

  constructor() {
    for (let at = 0; at < this.bytes.length; at += stride) this.bytes.set([0x58, hashLength], at)
  }

  /** Number of hashes. */
  get count(): number {
    return this.#count
  }

  /** Number of bytes. */
  get length(): number {
    return this.#count * stride
  }

  clear(): void {
    this.#count = 0
  }

  /** Adds the hash that stands at a place of a buffer. */
  readonly take = (source: Uint8Array, from: number): void => {
    const at = this.#count * stride + 2
    for (let index = 0; index < hashLength; index += 1) this.bytes[at + index] = Number(source[from + index])
    this.#count += 1
  }
}
