import { readlinkSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { basename } from 'node:path'

/**
 * Gives the calling thread the lowest priority of the system, so that it runs when nobody else wants to. Linux schedules threads by
 * priorities of their own, under the number that /proc/thread-self names; elsewhere they share that of the process, and nothing is done.
 */
export function lowerPriority(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), constants.priority.PRIORITY_LOW)
  } catch {
    // A container may forbid it; then the thread runs as all others do.
  }
}
