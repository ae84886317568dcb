import { existsSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { openFolder } from '@volact/files/data-folder'
import { readLabel } from '@volact/files/folder-label'
import { vendorFiles } from '../folder/files.ts'
import { vendorIds } from '../folder/vendor.ts'
import { readCertificates } from '../folder/certificates.ts'
import { BackupWriter, exists } from './backup-writer.ts'
import { areUnchanged, backupFiles, closedSegments, partsOf, Shrunk, sizeOf } from './folder-files.ts'
import { noteBackup } from './last-backup.ts'
import { newDerivation, requirePassphrase } from './seal.ts'

export interface BackupHostOptions {
  readonly now: Instant
  /** Seals the backup; without one it is as secret as the folder itself. */
  readonly passphrase?: string
  /** Is told how many of how many bytes are done. */
  readonly onProgress?: (done: number, total: number) => void
}

/** A backup that was taken. */
export interface HostBackup {
  readonly file: string
  readonly files: number
  readonly bytes: number
  readonly sealed: boolean
}

/** How often, and after how many milliseconds, a folder is read again in which something was just put into place. */
const patience = { tries: 20, milliseconds: 250 } as const

/**
 * Writes all that a host's folder is into one file, beside the running host if there is one: keys, settings, and the ledger up to now.
 * `FILE_EXISTS` when the file is there already, `USAGE` for a short passphrase, `NOT_A_FILE` for a link in the folder.
 */
export async function backupHost(dir: string, file: string, options: BackupHostOptions): Promise<HostBackup> {
  const { path } = openFolder(dir, 'host')
  if (existsSync(file)) throw exists(file)
  if (options.passphrase !== undefined) requirePassphrase(options.passphrase)
  requireOutside(path, file)
  const writer = new BackupWriter(file)
  try {
    for (let tries = 1; ; tries += 1) {
      const done = await attempt(path, writer, options)
      if (done !== undefined) {
        writer.finish()
        noteBackup(path, options.now)
        return { file, ...done, sealed: options.passphrase !== undefined }
      }
      if (tries === patience.tries) {
        throw new ActivationError('FOLDER_IN_USE', `${path} is being changed all the time: try again later`)
      }
      await setTimeout(patience.milliseconds)
    }
  } finally {
    writer.close()
  }
}

/** There each backup would hold those before it, and be lost with what it is to bring back. */
function requireOutside(dir: string, file: string): void {
  if (!`${resolve(file)}${sep}`.startsWith(`${dir}${sep}`)) return
  throw new ActivationError('USAGE', `${file} lies in the folder that is to be backed up: name a file elsewhere`)
}

/** Nothing when something was put into place, or erased, while the folder was read: what was read may be of two times. */
async function attempt(
  dir: string,
  writer: BackupWriter,
  { now, passphrase, onProgress }: BackupHostOptions,
): Promise<Pick<HostBackup, 'files' | 'bytes'> | undefined> {
  const before = stateOf(dir)
  if (before === undefined) return undefined
  const closed = closedSegments(dir)
  const sealed = passphrase === undefined ? {} : { sealed: newDerivation() }
  writer.begin({ role: 'host', folderFormat: readLabel(dir)?.format ?? 1, created: now, ...sealed }, passphrase)
  try {
    const done = await writeFolder(dir, writer, onProgress)
    return stateOf(dir) === before && areUnchanged(dir, closed) ? done : undefined
  } catch (error) {
    if (error instanceof Shrunk || (error instanceof ActivationError && error.code === 'FILE_MISSING')) return undefined
    throw error
  }
}

/** Writes all files of a folder, and the end. */
export async function writeFolder(
  dir: string,
  writer: BackupWriter,
  onProgress: BackupHostOptions['onProgress'],
): Promise<Pick<HostBackup, 'files' | 'bytes'>> {
  const files = backupFiles(dir)
  const total = sizeOf(dir, files)
  let bytes = 0
  for (const path of files) {
    for (const part of partsOf(dir, path)) {
      writer.add(part)
      if (part.kind !== 'piece') continue
      bytes += part.bytes.length
      onProgress?.(Math.min(bytes, total), total)
      await setImmediateTurn()
    }
  }
  writer.add({ kind: 'end', files: files.length })
  return { files: files.length, bytes }
}

/** Names what must not change while a backup is taken: which certificate each ledger has. Nothing while something is put into place. */
function stateOf(dir: string): string | undefined {
  const states = vendorIds(dir).map((id) => {
    const { chain, activated, renewed, ledger } = vendorFiles(dir, id)
    if (existsSync(activated) || existsSync(renewed) || existsSync(join(ledger, 'erase.journal'))) return undefined
    return existsSync(chain) ? readCertificates(chain)[0].fingerprint.join() : 'none'
  })
  return states.includes(undefined) ? undefined : states.join('\n')
}

function setImmediateTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
