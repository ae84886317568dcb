import { existsSync } from 'node:fs'
import { utf8 } from '@volact/core/bytes'
import { generatePrivateKey, signerFromPkcs8 } from '@volact/core/crypto'
import { formatRecoveryKey } from '@volact/core/document/recovery-key'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type Instant, toIso } from '@volact/core/time'
import { openFolder } from '@volact/files/data-folder'
import { lockFolder } from '@volact/files/lock'
import { requireOwnFolder } from '@volact/files/own-folder'
import { createKeyFile } from '@volact/keys/key-file'
import { writeNew } from '@volact/keys/write-new'
import { hostFiles } from './folder/files.ts'
import { writeHostRecord } from './folder/host-record.ts'

export interface InitHostOptions {
  readonly dir: string
  readonly now: Instant
  /** Where the private recovery key is written (mode 0600), instead of being returned to be printed. */
  readonly recoveryKeyFile?: string
}

export interface InitializedHost {
  /** Absolute. */
  readonly dir: string
  /** The private recovery key as it is written on paper, to be shown this once (rule 27); nothing when it was written to a file. */
  readonly recoveryKey?: string
}

/**
 * Makes a host's folder with its keys. Of the recovery key only the public part stays there: whoever takes the folder
 * must not be able to excuse a fork. Refuses a second time with `FILE_EXISTS`.
 */
export function initHost({ dir, now, recoveryKeyFile }: InitHostOptions): InitializedHost {
  if (recoveryKeyFile !== undefined) refuseExisting(recoveryKeyFile, 'name another file for the recovery key')
  requireOwnFolder(dir)
  const { path } = openFolder(dir, 'host', { create: true })
  const lock = lockFolder(path)
  try {
    const files = hostFiles(path)
    refuseExisting(files.record, `${path} is a host's folder already; name another one with --dir`)
    const recovery = generatePrivateKey('Ed25519')
    const recoveryKey = formatRecoveryKey(recovery)
    if (recoveryKeyFile !== undefined) writeNew(recoveryKeyFile, utf8(keyFileText(recoveryKey, path, now)))
    // An init that was killed before its record, the last file, may have left a note key, which nothing has used yet.
    if (!existsSync(files.noteKey)) createKeyFile(files.noteKey, 'Ed25519')
    writeHostRecord(files.record, { created: now, recoveryKey: signerFromPkcs8(recovery).publicKey.bytes })
    return recoveryKeyFile === undefined ? { dir: path, recoveryKey } : { dir: path }
  } finally {
    lock.release()
  }
}

/** The lines before the key are for whoever finds the paper in ten years. */
function keyFileText(key: string, dir: string, now: Instant): string {
  const about = `# Recovery key of the Volact host in ${dir}, made ${toIso(now)}.`
  return `${about}\n# Keep it away from that machine. docs/recovery.md says when it is needed.\n${key}\n`
}

function refuseExisting(path: string, remedy: string): void {
  if (existsSync(path))
    throw new ActivationError('FILE_EXISTS', `${path} exists already: ${remedy}`, { data: { path } })
}
