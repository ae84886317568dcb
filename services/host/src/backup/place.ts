import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type Instant, toIso } from '@volact/core/time'
import { openFolder } from '@volact/files/data-folder'
import { type FolderLock, lockFolder } from '@volact/files/lock'
import { requireOwnFolder } from '@volact/files/own-folder'
import { makeFolders } from '@volact/files/make-folders'

/** The place that a folder is unpacked for; taken for good only when all else is done. */
export interface Place {
  take(now: Instant): string | undefined
  release(): void
}

/** Looks whether a folder may get a name. `FILE_EXISTS`; with `replace` what is there is locked, and moved aside when the place is taken. */
export function preparePlace(path: string, replace: boolean): Place {
  requireOwnFolder(path)
  const names = existsSync(path) ? readdirSync(path).filter((name) => name !== 'lost+found') : []
  if (names.length === 0) {
    return {
      take: () => {
        removeEmpty(path)
        return undefined
      },
      release: () => undefined,
    }
  }
  if (!replace) {
    const message = `${path} is not empty: name a new folder with --dir, or move this one aside`
    throw new ActivationError('FILE_EXISTS', message, { data: { path } })
  }
  const lock: FolderLock = lockFolder(openFolder(path, 'host').path)
  return {
    take: (now) => moveAside(path, now),
    release: () => {
      lock.release()
    },
  }
}

/** Makes the folder that is to get the name, for its owner alone. */
export function makeFresh(fresh: string): void {
  makeFolders(dirname(fresh), 0o755)
  mkdirSync(fresh, { mode: 0o700 })
}

function removeEmpty(path: string): void {
  if (existsSync(path)) rmdirSync(path)
}

/** It may hold what the backup lacks, and keys: nothing deletes it, and it must not be started any more. */
function moveAside(path: string, now: Instant): string {
  const aside = `${path}.replaced-${toIso(now).replaceAll(/[-:]/g, '')}`
  if (existsSync(aside)) throw new ActivationError('FILE_EXISTS', `${aside} exists already: move it away first`)
  renameSync(path, aside)
  return aside
}
