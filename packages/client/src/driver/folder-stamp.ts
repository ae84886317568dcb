import { statSync } from 'node:fs'
import type { ClientFiles } from '../folder/client-files.ts'

/** A text that changes when any program has written what a user would see: every file is replaced, none written in place. */
export function folderStamp({ deviceKey, settings, memory, licenses }: ClientFiles): string {
  return [deviceKey, settings, memory, licenses].map(fileStamp).join(' ')
}

function fileStamp(path: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(path)
    return `${ino}:${mtimeMs}:${size}`
  } catch {
    return 'none'
  }
}
