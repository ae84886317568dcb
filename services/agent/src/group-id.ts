import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { ActivationError } from '@volact/core/errors/activation-error'

/** Finds the number of a group by its name or number: in /etc/group, else wherever the system knows groups from. `USAGE`. */
export function groupId(name: string, groupFile = '/etc/group'): number {
  const found = numberIn(name) ?? fieldOf(readText(groupFile), name) ?? fieldOf(askSystem(name), name)
  if (found !== undefined) return found
  throw new ActivationError('USAGE', `there is no group "${name}" on this machine: make it first, or name another`)
}

/** group(5): NAME:PASSWORD:NUMBER:MEMBERS. */
function fieldOf(text: string, name: string): number | undefined {
  const fields = text.split('\n').map((line) => line.split(':'))
  return numberIn(fields.find(([first]) => first === name)?.[2] ?? '')
}

function numberIn(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) < 0xffff_ffff ? Number(text) : undefined
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Groups may come from a directory; Node has no getgrnam(3). */
function askSystem(name: string): string {
  if (name.startsWith('-')) return ''
  try {
    return execFileSync('getent', ['group', name], {
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch {
    return ''
  }
}
