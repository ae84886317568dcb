import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { fileError } from '@volact/files/file-error'

/** Gives the bytes of the files that grow with each machine: those of ledgers and the folders in them, and of the index. */
export function writtenBytes(ledgers: readonly string[], index: string): number {
  const folders = ledgers.flatMap((ledger) => [ledger, join(ledger, 'entries'), join(ledger, 'details')])
  return folders.reduce((sum, folder) => sum + bytesIn(folder), sizeOf(index))
}

/** Gives the bytes of the files in a folder, without those in folders of it. */
export function bytesIn(folder: string): number {
  try {
    const files = readdirSync(folder, { withFileTypes: true }).filter((file) => file.isFile())
    return files.reduce((sum, { name }) => sum + sizeOf(join(folder, name)), 0)
  } catch (error) {
    return nothingThere(error, folder)
  }
}

/** Gives the bytes of a file. */
export function sizeOf(file: string): number {
  try {
    const found = statSync(file)
    return found.isFile() ? found.size : 0
  } catch (error) {
    return nothingThere(error, file)
  }
}

/** A file that is not there yet, or not any more, takes no room; neither does one that nobody may look at. */
function nothingThere(error: unknown, path: string): number {
  if (fileError(error, 'read', path) instanceof ActivationError) return 0
  throw error
}
