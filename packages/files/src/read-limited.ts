import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { concat } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import { fileError } from './file-error.ts'

/**
 * Reads a whole file of at most `maxBytes` bytes; `what` names it for a person, such as "the pack".
 * Throws `FILE_MISSING`, `TOO_LARGE`, `NOT_A_FILE`, `ACCESS_DENIED` or `DISK_FAILED`. Pipes can be read, too.
 */
export function readLimited(path: string, maxBytes: number, what: string): Uint8Array {
  try {
    const descriptor = openSync(path, 'r')
    try {
      return readUpTo(descriptor, maxBytes, `${what} ${path}`)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    throw fileError(error, 'read', `${what} ${path}`)
  }
}

/** Refuses a file with a secret that other accounts could read, with `FILE_NOT_PRIVATE`. Windows keeps no such bits. */
export function requirePrivate(path: string): void {
  const mode = modeOf(path)
  if (process.platform === 'win32' || (mode & 0o077) === 0) return
  const bits = (mode & 0o777).toString(8).padStart(4, '0')
  const message = `${path} holds a secret, and other accounts may use it (mode ${bits}): run "chmod 600 ${path}"`
  throw new ActivationError('FILE_NOT_PRIVATE', message, { data: { path } })
}

const chunkBytes = { least: 4_096, most: 65_536 } as const

/**
 * Reads to the end, not to the size that stat tells: pipes have none, and a file may be growing. But it tells how much to take at
 * a time: a service that reads small files all day would hold megabytes of empty room.
 */
function readUpTo(descriptor: number, maxBytes: number, what: string): Uint8Array {
  const chunks: Uint8Array[] = []
  const step = Math.min(Math.max(fstatSync(descriptor).size, chunkBytes.least), chunkBytes.most)
  let length = 0
  for (;;) {
    const chunk = new Uint8Array(Math.min(step, maxBytes - length + 1))
    const count = readSync(descriptor, chunk)
    if (count === 0) return concat(...chunks)
    chunks.push(chunk.subarray(0, count))
    length += count
    if (length > maxBytes) {
      const message = `${what} is larger than ${maxBytes} bytes, the most that a valid one has; check the path`
      throw new ActivationError('TOO_LARGE', message)
    }
  }
}

function modeOf(path: string): number {
  try {
    return statSync(path).mode
  } catch (error) {
    throw fileError(error, 'read', path)
  }
}
