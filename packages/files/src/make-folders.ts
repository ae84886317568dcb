import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemCode } from './file-error.ts'

/**
 * Makes a folder and those above it that are missing. Node's own recursive mkdir would never return where the system says that
 * nothing is there although the folder above is, as in /proc. Throws the system's error.
 */
export function makeFolders(path: string, mode: number): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return
  const above = dirname(path)
  if (!existsSync(above)) makeFolders(above, mode)
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    // Another process may have been first.
    if (systemCode(error) !== 'EEXIST' || !statSync(path).isDirectory()) throw error
  }
}
