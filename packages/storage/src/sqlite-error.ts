import { ActivationError } from '@volact/core/errors/activation-error'
import type { ErrorCode } from '@volact/core/errors/table'

/** SQLite's primary result codes (sqlite.org/rescode.html) that are no bug of ours: the low byte of `errcode`. */
const failures: Readonly<Record<number, { readonly code: ErrorCode; readonly what: string }>> = {
  3: { code: 'ACCESS_DENIED', what: 'this account has no permission' },
  5: { code: 'FOLDER_IN_USE', what: 'another program is writing to it; wait until it is done' },
  8: { code: 'ACCESS_DENIED', what: 'it cannot be written to; check its permissions and its disk' },
  10: { code: 'DISK_FAILED', what: 'the disk reports an error; check it and the log of the system' },
  11: { code: 'DATABASE_DAMAGED', what: 'it is damaged; move it away and restore it' },
  13: { code: 'DISK_FULL', what: 'the disk is full; make room and try again' },
  14: { code: 'DISK_FAILED', what: 'it cannot be opened; check the path and the permissions of its folder' },
  26: { code: 'DATABASE_DAMAGED', what: 'it is no SQLite database, or it is damaged; move it away and restore it' },
}

/** Names an error of SQLite in the table's terms; a violated constraint, a wrong statement and anything else pass unchanged. */
export function sqliteError(error: unknown, path: string): unknown {
  const failure = failures[primaryCode(error)]
  if (failure === undefined) return error
  return new ActivationError(failure.code, `the database ${path}: ${failure.what}`, { cause: error, data: { path } })
}

function primaryCode(error: unknown): number {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return 0
  return error.errcode & 0xff
}
