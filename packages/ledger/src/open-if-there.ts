import { openSync } from 'node:fs'
import { fileError, systemCode } from '@volact/files/file-error'

/** Opens a file for reading; nothing where there is none. */
export function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw fileError(error, 'read', path)
  }
}
