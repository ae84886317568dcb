import { constants, copyFileSync, linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/**
 * Copies a host's folder, so that every run begins with the same. Segments of the ledger that are full are linked: a host that only grants
 * never writes to them again, and copying gigabytes would fill the disk's queue before each run.
 */
export function copyHost(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true })
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue // Left out is a control socket; folders come with what is in them.
    const source = join(entry.parentPath, entry.name)
    const target = join(to, source.slice(from.length))
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
    if (isFull(source)) linkSync(source, target)
    else copyFileSync(source, target, constants.COPYFILE_FICLONE)
  }
}

/** Says whether a file is a segment of a ledger that is not the last one, nor the one before, whose details may still be on their way. */
function isFull(path: string): boolean {
  const number = numberOf(path)
  return number !== undefined && number < Math.max(...readdirSync(dirname(path)).map((name) => numberOf(name) ?? 0)) - 1
}

function numberOf(path: string): number | undefined {
  const digits = /^(\d{6,})\.log$/.exec(basename(path))?.[1]
  return digits === undefined ? undefined : Number(digits)
}
