import { ActivationError } from '@volact/core/errors/activation-error'
import type { ErrorCode } from '@volact/core/errors/table'

const codes: Readonly<Record<string, ErrorCode>> = {
  EACCES: 'ACCESS_DENIED',
  EDQUOT: 'DISK_FULL',
  EFBIG: 'DISK_FULL',
  EISDIR: 'NOT_A_FILE',
  ENOENT: 'FILE_MISSING',
  ENOSPC: 'DISK_FULL',
  ENOTDIR: 'FILE_MISSING',
  EPERM: 'ACCESS_DENIED',
  EROFS: 'ACCESS_DENIED',
}

/** Names the error of a failed system call in the table's terms; what is no system call's error passes unchanged. */
export function fileError(error: unknown, doing: 'read' | 'write', path: string): unknown {
  const code = systemCode(error)
  if (code === undefined) return error
  const row = codes[code] ?? 'DISK_FAILED'
  return new ActivationError(row, `cannot ${doing} ${path}: ${reason(code)}`, { cause: error, data: { path } })
}

/** The operating system's name of an error, such as `ENOENT`; nothing for any other error. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this account has no permission; run as the owner of the file, or as an administrator',
  EDQUOT: 'the quota of this account is used up; make room and try again',
  EFBIG: 'the file may not grow further here; raise the limit of file sizes (ulimit -f), or name another disk',
  EISDIR: 'it is a folder; name a file',
  ENOENT: 'it does not exist; check the path',
  ENOSPC: 'the disk is full; make room and try again',
  ENOTDIR: 'a part of the path is a file, not a folder; check the path',
  EPERM: 'the operating system does not permit it; run as an administrator',
  EROFS: 'the disk is mounted read-only; name a place that can be written to',
}

function reason(code: string): string {
  return reasons[code] ?? `the operating system says ${code}`
}
