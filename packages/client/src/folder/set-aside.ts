import { renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { syncFolder } from '@volact/files/durable'
import { fileError } from '@volact/files/file-error'

/**
 * Moves a damaged file out of the way, in the place of the one before, and returns its new path: somebody may still want to look
 * into it, and what is rebuilt must not be taken for what was lost.
 */
export function setAside(path: string): string {
  const aside = `${path}.damaged`
  try {
    rmSync(aside, { recursive: true, force: true })
    renameSync(path, aside)
    syncFolder(dirname(path))
    return aside
  } catch (error) {
    throw fileError(error, 'write', path)
  }
}
