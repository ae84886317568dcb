import type { DatabaseSync } from 'node:sqlite'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { openFolder } from '@volact/files/data-folder'
import { openSqliteToRead } from '@volact/storage/open-sqlite'
import { sqliteError } from '@volact/storage/sqlite-error'
import { askHost } from '../ask-host.ts'
import { hostFiles } from '../folder/files.ts'
import type { IndexStatus } from './index-status.ts'

/** The index of a host, open to be read. */
export interface OpenIndex {
  readonly db: DatabaseSync
  /** How far it is behind, and why. */
  readonly status: IndexStatus
}

/**
 * Reads the index of a host beside whoever writes to it, once it has been brought up to the ledger as far as seconds allow. What keeps a
 * host from writing it keeps nobody from reading what there is; where nothing can be read, that is thrown.
 */
export async function withIndexOf<T>(
  dir: string,
  { now }: { readonly now: () => Instant },
  read: (index: OpenIndex) => T | Promise<T>,
): Promise<T> {
  const status = await askHost(dir, { verb: 'index-sync' }, { now })
  const { index: path } = hostFiles(openFolder(dir, 'host').path)
  const db = await openToRead(path, status)
  try {
    return await read({ db, status })
  } catch (error) {
    throw sqliteError(error, path)
  } finally {
    db.close()
  }
}

async function openToRead(path: string, { problem }: IndexStatus): Promise<DatabaseSync> {
  try {
    return await openSqliteToRead(path)
  } catch (error) {
    if (error instanceof ActivationError && problem !== undefined) {
      throw new ActivationError(error.code, `the index cannot be read: ${problem}`, { cause: error })
    }
    throw error
  }
}

/** What a person should know of an index before believing what it says; nothing when all is well. */
export function indexNotes({ state, behind, problem }: IndexStatus): readonly string[] {
  const late = behind === 0 ? '' : `, and ${behind} entries behind the ledger`
  if (problem !== undefined) return [`the index is not written at present${late}: ${problem}`]
  return state === 'good' && behind === 0 ? [] : [`the index is still catching up${late}; ask again in a while`]
}
