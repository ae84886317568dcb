import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, lstatSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { fileError } from './file-error.ts'
import { isRunning, processName } from './running-process.ts'

/**
 * Writes a whole file so that after a crash at any moment the old content is there or the new one, and the new one for good once
 * this returns. Throws `DISK_FULL`, `ACCESS_DENIED`, `NOT_A_FILE`, `FILE_MISSING` (no such folder) or `DISK_FAILED`; the old
 * content then stays. A link is not followed and a device not replaced: `-o /dev/stdout` must not cost the system its device.
 */
export function writeDurably(path: string, bytes: Uint8Array, { mode = 0o600 }: { readonly mode?: number } = {}): void {
  const folder = dirname(path)
  const fresh = join(folder, `.${basename(path)}.${processName()}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    requirePlain(path)
    replace(path, fresh, openSync(fresh, 'wx', mode), bytes)
    syncFolder(folder)
  } catch (error) {
    throw fileError(error, 'write', path)
  }
}

/** Makes the names in a folder durable: on Unix a file that was synced may still lose its name in a crash. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return // Windows opens no folder for that; NTFS journals names itself.
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Removes what killed writers left in a folder; what a running process is just writing stays. */
export function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const writer = /^\..+\.(\d+-[0-9a-f.]*)\.[0-9a-f]{12}\.tmp$/.exec(name)?.[1]
    if (writer !== undefined && !isRunning(writer)) rmSync(join(folder, name), { force: true })
  }
}

function requirePlain(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined || found.isFile()) return
  const kind = found.isDirectory() ? 'a folder' : found.isSymbolicLink() ? 'a link' : 'a device'
  throw new ActivationError('NOT_A_FILE', `cannot write ${path}: it is ${kind}; name a file`, { data: { path } })
}

function replace(path: string, fresh: string, descriptor: number, bytes: Uint8Array): void {
  try {
    writeAndSync(descriptor, bytes)
    renameSync(fresh, path)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  }
}

function writeAndSync(descriptor: number, bytes: Uint8Array): void {
  try {
    for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
