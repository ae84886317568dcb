import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { ErrorCode } from '@volact/core/errors/table'
import { openFolder } from '@volact/files/data-folder'
import { removeLeftovers } from '@volact/files/durable'
import { writeLabel } from '@volact/files/folder-label'
import { type ClientFiles, clientFiles } from './client-files.ts'
import { setAside } from './set-aside.ts'

export { whileLocked } from './store-lock.ts'

/**
 * Opens a client's folder; with `create` it may be missing, and is then made. Takes no lock: many programs may read a license at
 * once. Throws what `openFolder` throws; a damaged label is written anew where the rest can only be a client's, which is noted.
 */
export function openClientFolder(
  dir: string,
  { create, note }: { readonly create: boolean; readonly note: (text: string) => void },
): ClientFiles {
  const files = clientFiles(openLabeled(dir, create, note))
  for (const folder of [files.licenses, files.pending, files.checkpoints]) {
    if (existsSync(folder)) removeLeftovers(folder)
  }
  return files
}

function openLabeled(dir: string, create: boolean, note: (text: string) => void): string {
  try {
    return openFolder(dir, 'client', { create }).path
  } catch (error) {
    if (!(error instanceof ActivationError) || !damage.has(error.code) || !isOfClient(dir)) throw error
    const aside = setAside(join(dir, 'volact.json'))
    writeLabel(dir, { role: 'client', format: 1 })
    note(`the label of the folder was damaged and was written anew; the old one is ${aside}`)
    return openFolder(dir, 'client').path
  }
}

const damage: ReadonlySet<ErrorCode> = new Set(['FOLDER_DAMAGED', 'TOO_LARGE'])

/** Whatever the label said: no other role's folder has a device key. */
function isOfClient(dir: string): boolean {
  return existsSync(clientFiles(dir).deviceKey)
}
