/**
 * Writes the head of a data item (RFC 8949 §3, §4.2.1: in its shortest form) into a buffer that has room for it, and gives the place
 * behind it. `argument` is an integer from 0 to 2^53 − 1. For what is written too often to go through values; `encodeCbor` says the same.
 */
export function writeHead(target: Uint8Array, at: number, major: number, argument: number): number {
  const initial = major << 5
  if (argument < 24) {
    target[at] = initial | argument
    return at + 1
  }
  const width = argument < 0x100 ? 0 : argument < 0x1_0000 ? 1 : argument < 0x1_0000_0000 ? 2 : 3
  target[at] = initial | (24 + width)
  const end = at + 1 + (1 << width)
  let rest = argument
  for (let place = end - 1; place > at; place -= 1) {
    target[place] = rest & 0xff
    // By division, since the bit operations of the language end at 32 bits.
    rest = Math.floor(rest / 0x100)
  }
  return end
}

/** Gives the length of the head that `writeHead` writes for an argument, 1 to 9 bytes. */
export function headLength(argument: number): number {
  if (argument < 24) return 1
  if (argument < 0x100) return 2
  if (argument < 0x1_0000) return 3
  return argument < 0x1_0000_0000 ? 5 : 9
}

/** Writes a byte string, and gives the place behind it. */
export function writeBytes(target: Uint8Array, at: number, bytes: Uint8Array): number {
  const start = writeHead(target, at, 2, bytes.length)
  target.set(bytes, start)
  return start + bytes.length
}
