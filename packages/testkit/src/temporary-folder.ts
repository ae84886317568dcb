import { mkdtempSync, readFileSync, realpathSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { isLong } from './rounds.ts'

const memory = '/dev/shm'
/** What memory must have free, in bytes: a container may have 64 MB of it, and a run may have several folders at a time. */
const enough = 2 ** 30

/**
 * Makes an empty folder that is removed when the running test ends, and returns its real path. It lies in memory where there is room, so
 * that tests do not wait for a disk at each of their durable steps; in long runs, and where TMPDIR says so, on the disk.
 */
export function temporaryFolder(): string {
  return makeFolder(tmpdir() === '/tmp' && !isLong() && hasMemory() ? memory : tmpdir())
}

/** The same on the disk in any case: for tests of what disks do. */
export function temporaryFolderOnDisk(): string {
  return makeFolder(tmpdir())
}

function makeFolder(parent: string): string {
  const path = realpathSync(mkdtempSync(join(parent, 'volact-test-')))
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true })
  })
  return path
}

function hasMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize >= enough && programsMayRun()
  } catch {
    return false
  }
}

/** Some tests start what they have written. */
function programsMayRun(): boolean {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n')
  return mounts.some((line) => {
    const [, path, , options = 'noexec'] = line.split(' ')
    return path === memory && !options.split(',').includes('noexec')
  })
}
