import { accessSync, constants, mkdtempSync, readdirSync, statfsSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { openFolder } from '@volact/files/data-folder'
import { fileError, systemCode } from '@volact/files/file-error'

/** Where a lab lives. */
export interface LabFolder {
  /** Absolute. */
  readonly path: string
  /** Removes what only lived as long as the lab; a folder that somebody named stays. */
  readonly remove: () => Promise<void>
}

/** Makes the folder of a lab: a temporary one, or the named one, which must be absent or empty: else `FILE_EXISTS`. */
export function makeLabFolder(dir: string | undefined, machines: number): LabFolder {
  if (dir === undefined) return temporaryFolder(machines)
  refuseUsed(dir)
  return { path: openFolder(dir, 'lab', { create: true }).path, remove: () => Promise.resolve() }
}

function temporaryFolder(machines: number): LabFolder {
  const path = mkdtempSync(join(place(machines), 'volact-lab-'))
  openFolder(path, 'lab', { create: true })
  return {
    path,
    remove: () => rm(path, { recursive: true, force: true }),
  }
}

/**
 * What goes with the lab need not survive a power failure, and every machine waits for the disk a dozen times. So on Linux it lies in
 * memory, if there is plenty of room and nobody has chosen a place for temporary files.
 */
function place(machines: number): string {
  const usual = tmpdir()
  if (usual !== '/tmp') return usual
  try {
    accessSync(inMemory, constants.W_OK | constants.X_OK)
    const { bavail, bsize, type } = statfsSync(inMemory)
    return type === tmpfs && bavail * bsize > roomPerMachine * machines + roomForRest ? inMemory : usual
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return usual
  }
}

const inMemory = '/dev/shm'
/** TMPFS_MAGIC of statfs(2). */
const tmpfs = 0x01021994
/** In bytes, and several times what is used. */
const roomPerMachine = 262_144
const roomForRest = 134_217_728

function refuseUsed(dir: string): void {
  if (entries(dir).length === 0) return
  const message = `${resolve(dir)} is not empty, and a lab overwrites nothing: name a new or an empty folder with --dir`
  throw new ActivationError('FILE_EXISTS', message, { data: { path: resolve(dir) } })
}

function entries(dir: string): readonly string[] {
  try {
    return statSync(dir, { throwIfNoEntry: false }) === undefined ? [] : readdirSync(dir)
  } catch (error) {
    throw fileError(error, 'read', dir)
  }
}
