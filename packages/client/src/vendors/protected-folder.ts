import { lstatSync, type Stats } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'

/**
 * Refuses a path that anyone but root could change, with `VENDORS_UNPROTECTED`: it and every folder above it must belong to
 * root and be closed to other writers, and no part of it may be a link (rule 11). Windows has no such owner; there the
 * permissions that `%ProgramData%` is born with are relied on, untested.
 */
export function requireProtected(path: string): void {
  const part = unprotectedPart(path)
  if (part === undefined) return
  const message = `${part}, so the roots there prove nothing: check them, then give it to root alone`
  throw new ActivationError('VENDORS_UNPROTECTED', message, { data: { path } })
}

/** Says by which part of a path others than root could change what lies there; nothing where none could. */
export function unprotectedPart(path: string): string | undefined {
  if (process.platform === 'win32') return undefined
  const absolute = resolve(path)
  const problem = weakness(lstatSync(absolute))
  if (problem !== undefined) return `${absolute} ${problem}`
  return dirname(absolute) === absolute ? undefined : unprotectedPart(dirname(absolute))
}

function weakness(found: Stats): string | undefined {
  if (found.isSymbolicLink()) return 'is a link'
  if (found.uid !== 0) return `belongs to account ${String(found.uid)}`
  // In a sticky folder like /tmp others may add, but neither rename nor remove what is root's.
  const isSticky = found.isDirectory() && (found.mode & 0o1000) !== 0
  return (found.mode & 0o022) === 0 || isSticky ? undefined : 'can be written by other accounts'
}
