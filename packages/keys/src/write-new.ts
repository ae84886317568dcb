import { randomBytes } from 'node:crypto'
import { linkSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { syncFolder, writeDurably } from '@volact/files/durable'
import { fileError, systemCode } from '@volact/files/file-error'
import { processName } from '@volact/files/running-process'

/**
 * Writes a file that must not exist yet, for its owner alone, whole and durably or not at all; `FILE_EXISTS` when
 * something is there. A rename would replace what is there, so the finished file is linked: link(2) never does.
 */
export function writeNew(path: string, bytes: Uint8Array): void {
  const folder = dirname(path)
  // Named like the leftovers of killed writers, so that opening a data folder sweeps it away.
  const fresh = join(folder, `.${basename(path)}.${processName()}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    writeDurably(fresh, bytes, { mode: 0o600 })
    linkSync(fresh, path)
    syncFolder(folder)
  } catch (error) {
    throw systemCode(error) === 'EEXIST' ? exists(path) : fileError(error, 'write', path)
  } finally {
    rmSync(fresh, { force: true })
  }
}

function exists(path: string): ActivationError {
  const message = `${path} exists already and is never overwritten: move it away first, or name another file`
  return new ActivationError('FILE_EXISTS', message, { data: { path } })
}
