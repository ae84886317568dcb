import { sha256 } from '../crypto.ts'

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

/** Hashes the tree without entries: SHA-256 of nothing (RFC 9162 §2.1.1). */
export function emptyRoot(): Uint8Array {
  return sha256()
}
