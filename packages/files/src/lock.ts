import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { fileError, systemCode } from './file-error.ts'
import { isRunning, pidOf, processName } from './running-process.ts'

/** The exclusive right to a folder, until it is released or the process ends, however it ends. */
export interface FolderLock {
  /** Gives the folder free. A second call does nothing. */
  release(): void
}

/**
 * Takes a folder for this process alone, or throws `FOLDER_IN_USE` with the pid of the one that has it. A killed owner leaves
 * nothing to clean up by hand. Guards processes of one machine: containers that share a folder but not their pids do not see
 * each other, nor do machines that share a disk.
 *
 * Node has no flock(2). So every owner has a file of its own, `lock/1`, `lock/2`, …, with its name as content, empty once released.
 * The highest number counts, and it never falls. To take the folder from an owner that is gone is to link the next number, and link(2)
 * lets one alone do so. One that was slow may link a number that was used and swept away long ago; it then sees a
 * higher one and withdraws.
 */
export function lockFolder(folder: string): FolderLock {
  const owners = join(folder, 'lock')
  try {
    makeOnce(owners)
    for (;;) {
      const last = newest(owners)
      const owner = ownerOf(join(owners, String(last)))
      if (owner !== undefined && isRunning(owner)) throw inUse(folder, owner)
      const mine = last + 1
      if (!claim(owners, mine)) continue
      if (newest(owners) === mine) return held(owners, mine)
      rmSync(join(owners, String(mine)), { force: true })
    }
  } catch (error) {
    throw fileError(error, 'write', owners)
  }
}

/** Says whether somebody has a folder just now, without taking it. */
export function isLocked(folder: string): boolean {
  const owners = join(folder, 'lock')
  try {
    const owner = ownerOf(join(owners, String(newest(owners))))
    return owner !== undefined && isRunning(owner)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw fileError(error, 'read', owners)
  }
}

function makeOnce(owners: string): void {
  try {
    mkdirSync(owners, { mode: 0o700 })
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  }
}

function newest(owners: string): number {
  return Math.max(0, ...readdirSync(owners).map(numberOf))
}

function numberOf(name: string): number {
  return /^[1-9]\d{0,14}$/.test(name) ? Number(name) : 0
}

function ownerOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1')
  } catch (error) {
    // Swept away since it was listed: then there is a higher number, which the claim will meet.
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Links a file that already has its content, so that nobody ever sees an owner without a name. */
function claim(owners: string, number: number): boolean {
  const candidate = join(owners, `${processName()}.${randomBytes(6).toString('hex')}`)
  try {
    writeFileSync(candidate, processName(), { flag: 'wx', mode: 0o600 })
    linkSync(candidate, join(owners, String(number)))
    return true
  } catch (error) {
    // EEXIST: another was first. ENOENT: another was first and has swept our candidate away.
    if (['EEXIST', 'ENOENT'].includes(systemCode(error) ?? '')) return false
    throw error
  } finally {
    rmSync(candidate, { force: true })
  }
}

function held(owners: string, mine: number): FolderLock {
  for (const name of readdirSync(owners)) {
    if (numberOf(name) < mine) rmSync(join(owners, name), { force: true })
  }
  let released = false
  return {
    release: () => {
      if (released) return
      released = true
      try {
        truncateSync(join(owners, String(mine)))
      } catch (error) {
        // Whoever deleted the folder has freed it, too.
        if (systemCode(error) !== 'ENOENT') throw fileError(error, 'write', owners)
      }
    },
  }
}

function inUse(folder: string, owner: string): ActivationError {
  const pid = pidOf(owner)
  const message = `${folder} is in use by process ${String(pid)}: wait until it is done, stop it, or name another folder with --dir`
  return new ActivationError('FOLDER_IN_USE', message, { data: { path: folder, pid } })
}
