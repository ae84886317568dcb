import { writeSync } from 'node:fs'

/** Writes all of some bytes at a place of a file. */
export function writeAt(descriptor: number, position: number, bytes: Uint8Array, length: number = bytes.length): void {
  for (let done = 0; done < length;) done += writeSync(descriptor, bytes, done, length - done, position + done)
}
