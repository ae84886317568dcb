import { readSync } from 'node:fs'

/** Reads a stretch of a file; fewer bytes where the file ends. */
export function readAt(descriptor: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  return bytes.subarray(0, readInto(descriptor, position, bytes))
}

/** Reads a stretch of a file into a buffer, and returns how much there was. */
export function readInto(descriptor: number, position: number, bytes: Uint8Array): number {
  let done = 0
  while (done < bytes.length) {
    const count = readSync(descriptor, bytes, done, bytes.length - done, position + done)
    if (count === 0) break
    done += count
  }
  return done
}
