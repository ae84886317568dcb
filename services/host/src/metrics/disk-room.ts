import { statfsSync } from 'node:fs'

/** The room on the disk of a folder, in bytes. */
export interface DiskRoom {
  readonly free: number
  readonly total: number
}

/** Measures the room on a folder's disk, as far as this account may use it; nothing where the system does not say. */
export function diskRoom(dir: string): DiskRoom | undefined {
  try {
    const { bavail, blocks, bsize } = statfsSync(dir)
    return { free: bavail * bsize, total: blocks * bsize }
  } catch {
    return undefined
  }
}
