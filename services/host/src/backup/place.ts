import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type Instant, toIso } from '@volact/core/time'
import { openFolder } from '@volact/files/data-folder'
import { syncFolder } from '@volact/files/durable'
import { type FolderLock, isLocked, lockFolder } from '@volact/files/lock'
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

/** A folder beside a place, in which all is done before it gets the name; its lock is held. */
export interface FreshFolder {
  readonly path: string
  /** Gives it the name. */
  settle(): void
  /** Removes it, if it has not got the name. */
  drop(): void
}

/** Makes the folder that is to get the name, for its owner alone. What a killed command has left of one, keys and all, is removed. */
export function makeFresh(place: string, purpose: 'restore' | 'spare'): FreshFolder {
  const parent = dirname(place)
  const prefix = `.${basename(place)}.${purpose}-`
  makeFolders(parent, 0o755)
  removeAbandoned(parent, prefix)
  const path = join(parent, `${prefix}${randomBytes(6).toString('hex')}`)
  mkdirSync(path, { mode: 0o700 })
  const lock = lockFolder(path)
  return {
    path,
    settle: () => {
      lock.release()
      // A restored folder belongs to nobody yet.
      rmSync(join(path, 'lock'), { recursive: true })
      renameSync(path, place)
      syncFolder(parent)
    },
    drop: () => {
      lock.release()
      rmSync(path, { recursive: true, force: true })
    },
  }
}

function removeAbandoned(parent: string, prefix: string): void {
  const left = readdirSync(parent).filter(
    (name) => name.startsWith(prefix) && /^[0-9a-f]{12}$/.test(name.slice(prefix.length)),
  )
  for (const path of left.map((name) => join(parent, name))) {
    try {
      if (!isLocked(path)) rmSync(path, { recursive: true, force: true })
    } catch {
      // That of another account keeps nobody from coming back.
    }
  }
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
