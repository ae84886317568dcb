import { concat } from '@volact/core/bytes'

/**
 * Reads the body of an HTTP message, of at most `mostBytes`; nothing where it is longer: then no more of it is read, and the connection
 * ends. Rejects with the error of the system where it breaks off.
 */
export async function readBody(body: AsyncIterable<Uint8Array>, mostBytes: number): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of body) {
    length += piece.length
    if (length > mostBytes) return undefined
    pieces.push(piece)
  }
  return concat(...pieces)
}
