import { sha256, sha256Into } from '../crypto.ts'

/** Length of every hash of the tree, in bytes. */
export const hashLength = 32

const leafPrefix = Uint8Array.of(0)
const nodePrefix = Uint8Array.of(1)

/** Hashes an entry into a leaf: SHA-256(0x00 ‖ entry), 32 bytes (RFC 9162 §2.1.1). */
export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(leafPrefix, entry)
}

/** Hashes two subtrees into the node above them: SHA-256(0x01 ‖ left ‖ right), 32 bytes (RFC 9162 §2.1.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(nodePrefix, left, right)
}

/** Hashes two nodes again and again without a new array for each: first give it left and right, then say where the hash goes. */
export class NodeHasher {
  readonly #input = new Uint8Array(1 + 2 * hashLength).fill(1, 0, 1)

  left(bytes: Uint8Array, offset: number): void {
    copyHash(bytes, offset, this.#input, 1)
  }

  right(bytes: Uint8Array, offset: number): void {
    copyHash(bytes, offset, this.#input, 1 + hashLength)
  }

  write(target: Uint8Array, offset: number): void {
    sha256Into(target, offset, this.#input)
  }
}

/** Copies one hash. A loop, since views and their copying cost more at this length. */
export function copyHash(from: Uint8Array, offset: number, to: Uint8Array, at: number): void {
  for (let place = 0; place < hashLength; place += 1) to[at + place] = Number(from[offset + place])
}

/** Hashes the tree without entries: SHA-256 of nothing (RFC 9162 §2.1.1). */
export function emptyRoot(): Uint8Array {
  return sha256()
}
