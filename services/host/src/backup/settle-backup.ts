import type { Instant } from '@volact/core/time'
import { openFolder } from '@volact/files/data-folder'
import { fileError } from '@volact/files/file-error'
import type { BackupReader } from './backup-reader.ts'
import { type FreshFolder, makeFresh, preparePlace } from './place.ts'
import { unpack } from './unpack.ts'

/** What becomes a host's folder, and where. */
export interface SettleOptions {
  /** The folder that it becomes: missing, or empty if what is there is not replaced. */
  readonly path: string
  readonly replace?: boolean
  readonly purpose: 'restore' | 'spare'
  readonly file: string
  /** Opens the file, if it is one for this purpose. */
  readonly open: (file: string) => BackupReader
  readonly passphrase: string | undefined
  readonly now: Instant
  /** Is told how many of how many bytes are unpacked. */
  readonly onProgress?: (done: number, total: number) => void
}

/** A backup that has become a folder. */
export interface Settled<T> {
  readonly created: Instant
  /** Where the folder is now that was there before. */
  readonly replaced: string | undefined
  readonly done: T
}

/**
 * Unpacks a backup into a folder beside its place, has it checked and completed there, and only then gives it the name: whatever fails before
 * has changed nothing. `FILE_EXISTS`, `FOLDER_IN_USE`, and what opening, unpacking and completing it may say.
 */
export async function settleBackup<T>(
  { path, replace = false, purpose, file, open, passphrase, now, onProgress }: SettleOptions,
  complete: (fresh: string, created: Instant) => Promise<T>,
): Promise<Settled<T>> {
  const place = preparePlace(path, replace)
  let reader: BackupReader | undefined
  let fresh: FreshFolder | undefined
  try {
    reader = open(file)
    fresh = makeFresh(path, purpose)
    unpack(reader, { from: file, to: fresh.path, passphrase }, onProgress)
    openFolder(fresh.path, 'host')
    const { created } = reader.header
    const done = await complete(fresh.path, created)
    const replaced = place.take(now)
    fresh.settle()
    return { created, replaced, done }
  } catch (error) {
    throw fileError(error, 'write', path)
  } finally {
    fresh?.drop()
    reader?.close()
    place.release()
  }
}
