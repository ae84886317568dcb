import { accessSync, chmodSync, constants, readdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { ErrorCode } from '@volact/core/errors/table'
import { ActivationError } from '@volact/core/errors/activation-error'
import { removeLeftovers, syncFolder } from './durable.ts'
import { fileError, systemCode } from './file-error.ts'
import { type FolderLabel, isOfLabel, readLabel, type Role, writeLabel } from './folder-label.ts'
import { makeFolders } from './make-folders.ts'

/** A folder that is known to belong to a role, in a format that this version knows. */
export interface DataFolder {
  /** Absolute. */
  readonly path: string
  readonly role: Role
}

/** The format of the folders this version writes, and the newest it reads. */
const newestFormat = 1

/**
 * Opens the data folder of a role; with `create` it may be missing or empty, and is then made, for its owner alone.
 * Removes what killed writers left in it. Throws `FOLDER_MISSING`, `FOLDER_WRONG_ROLE`, `FOLDER_NEWER`, `FOLDER_DAMAGED`,
 * `FOLDER_NOT_WRITABLE`, or what the disk says.
 */
export function openFolder(
  dir: string,
  role: Role,
  { create = false }: { readonly create?: boolean } = {},
): DataFolder {
  const path = resolve(dir)
  try {
    if (create) makeFolder(path)
    requireFolder(path, role)
    requireFit(path, role, readLabel(path) ?? (create ? labelNew(path, role) : refuseUnlabeled(path, role)))
    removeLeftovers(path)
    return { path, role }
  } catch (error) {
    throw folderError(error, path)
  }
}

function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return
  makeFolders(dirname(path), 0o755)
  makeFolders(path, 0o700)
  syncFolder(dirname(path))
}

function requireFolder(path: string, role: Role): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) throw refusal('FOLDER_MISSING', path, `there is no folder ${path}: ${howToMake(role, path)}`)
  if (!found.isDirectory()) throw refusal('FOLDER_MISSING', path, `${path} is not a folder: name another with --dir`)
  accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
}

function labelNew(path: string, role: Role): FolderLabel {
  // A mount point has lost+found from the start; and another process may be making the same folder just now.
  if (readdirSync(path).some((name) => name !== 'lost+found' && !isOfLabel(name))) {
    const message = `${path} is no data folder and not empty: name a new or an empty folder with --dir`
    throw refusal('FOLDER_WRONG_ROLE', path, message)
  }
  closeToOthers(path)
  const label = { role, format: newestFormat }
  writeLabel(path, label)
  return label
}

function closeToOthers(path: string): void {
  try {
    chmodSync(path, 0o700)
  } catch (error) {
    // A volume that the administrator lent by its group stays as it was made; secret files in it are closed by themselves.
    if (systemCode(error) !== 'EPERM') throw error
  }
}

function refuseUnlabeled(path: string, role: Role): never {
  throw refusal('FOLDER_MISSING', path, `${path} is no data folder, it has no volact.json: ${howToMake(role, path)}`)
}

function requireFit(path: string, role: Role, label: FolderLabel): void {
  if (label.role !== role) {
    const message = `${path} is ${owner(label.role)} folder; ${article(role)} never touches it: name another with --dir`
    throw refusal('FOLDER_WRONG_ROLE', path, message)
  }
  if (label.format > newestFormat) {
    const message = `${path} has format ${label.format}, and this version knows ${newestFormat} at most: use the newer version`
    throw refusal('FOLDER_NEWER', path, message)
  }
}

const commands: Readonly<Record<Role, string>> = {
  authority: 'volact authority init',
  host: 'volact host init',
  client: 'volact client vendor add FILE',
  lab: 'volact lab',
}

function howToMake(role: Role, path: string): string {
  return `make it with "${commands[role]} --dir ${path}", or name the right one with --dir`
}

function owner(role: string): string {
  return `${article(role)}'s`
}

function article(role: string): string {
  return /^[aeiou]/.test(role) ? `an ${role}` : `a ${role}`
}

const obstacles: Readonly<Record<string, string>> = {
  EACCES: 'this account has no permission',
  EEXIST: 'a part of its path is a file',
  ENOENT: 'no folder can be made there',
  ENOTDIR: 'a part of its path is a file',
  EPERM: 'this account has no permission',
  EROFS: 'its disk is mounted read-only',
}

function folderError(error: unknown, path: string): unknown {
  const obstacle = obstacles[systemCode(error) ?? '']
  if (obstacle === undefined) return fileError(error, 'write', path)
  const message = `${path} cannot be used: ${obstacle}; run as its owner, or name another folder with --dir`
  return new ActivationError('FOLDER_NOT_WRITABLE', message, { cause: error, data: { path } })
}

function refusal(code: ErrorCode, path: string, message: string): ActivationError {
  return new ActivationError(code, message, { data: { path } })
}
