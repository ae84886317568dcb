import { readFileSync } from 'node:fs'
import { systemCode } from './file-error.ts'

/**
 * Names this process so that no later one is taken for it: `PID-START`. On Linux START is the time of its start in clock
 * ticks, a dot, and the first eight digits of the boot's ID; elsewhere it is empty, and the name is only as good as a pid.
 */
export function processName(): string {
  return `${String(process.pid)}-${startOf(process.pid) ?? ''}`
}

/** The pid in a name that `processName` made; nothing when the text is no such name. */
export function pidOf(name: string): number | undefined {
  const pid = /^(\d{1,10})-[0-9a-f.]*$/.exec(name)?.[1]
  return pid === undefined || Number(pid) === 0 ? undefined : Number(pid)
}

/** Says whether the named process still runs; a killed one that its parent has not yet buried does not. */
export function isRunning(name: string): boolean {
  const pid = pidOf(name)
  if (pid === undefined || !exists(pid)) return false
  const start = startOf(pid)
  // Where /proc hides the processes of others nothing can be compared, and the cautious answer is yes.
  return start === undefined || name === `${String(pid)}-${start}`
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
}

/** proc(5), /proc/PID/stat: the second field is a name in parentheses that may hold anything, so fields are counted after it. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, ticks] = [fields[0], fields[19]]
    if (ticks === undefined) return undefined
    return state === 'Z' || state === 'X' ? 'dead' : `${ticks}.${bootId()}`
  } catch {
    return undefined
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8)
}
