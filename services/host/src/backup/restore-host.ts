import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Signer } from '@volact/core/crypto'
import { ActivationError } from '@volact/core/errors/activation-error'
import { attemptOrNothing } from '@volact/core/errors/attempt'
import { days, type Instant, toIso } from '@volact/core/time'
import { openActivated } from '../folder/activated.ts'
import { openVendor, type Vendor, vendorIds } from '../folder/vendor.ts'
import { recoverFolder, type RecoveredLog } from '../recovery/recover-host.ts'
import { writeRestored } from '../recovery/restored.ts'
import { verifyHostLedger } from '../verify-host-ledger.ts'
import { BackupReader } from './backup-reader.ts'
import { settleBackup } from './settle-backup.ts'

export interface RestoreHostOptions {
  readonly now: Instant
  readonly passphrase?: string
  /** Moves the folder that is there aside; without it the folder must be missing or empty. */
  readonly replace?: boolean
  /** Writes the recovery at once, so that an honest host heals (rule 27). */
  readonly recoveryKey?: Signer
  /** For people, in the recovery. */
  readonly reason?: string
  /** Is told what is being done, and how many of how many bytes are done. */
  readonly onProgress?: (what: 'reading' | 'writing' | 'checking', done: number, total: number) => void
}

/** A ledger as it was restored. */
export interface RestoredLog {
  readonly vendor: string
  /** Entries that are there again, and when the last one was written. */
  readonly size: number
  readonly lastEntry: Instant
  /**
   * How many entries may be missing: as many as the folder that was replaced has more, or else what its pace in the weeks before the backup
   * makes of the time since.
   */
  readonly missing: { readonly entries: number; readonly exact: boolean }
  /** What the recovery says, where one was written. */
  readonly recovered?: RecoveredLog
}

/** A folder that was restored. */
export interface RestoredHost {
  readonly dir: string
  /** When the backup was taken. */
  readonly backup: Instant
  /** Where the folder is now that was there before. */
  readonly replaced?: string
  readonly logs: readonly RestoredLog[]
}

/**
 * Restores a host's folder from a backup. All of it is unpacked, its ledgers are verified, and, with the recovery key, the recovery is
 * written, in a folder beside the place; then it gets its name. Whatever fails before has changed nothing. `BACKUP_DAMAGED`,
 * `UNSUPPORTED_VERSION`, `FOLDER_WRONG_ROLE`, `PASSPHRASE_WRONG`, `LEDGER_DAMAGED`, `FOLDER_IN_USE`, `FILE_EXISTS`.
 */
export async function restoreHost(dir: string, file: string, options: RestoreHostOptions): Promise<RestoredHost> {
  const path = resolve(dir)
  const { now, passphrase, replace = false, onProgress } = options
  const open = (): BackupReader => openBackup(file, options)
  const written = (done: number, total: number): void => onProgress?.('writing', done, total)
  const settled = await settleBackup(
    { path, replace, purpose: 'restore', file, open, passphrase, now, onProgress: written },
    (fresh, created) => checkLogs(fresh, path, created, options),
  )
  const { created, replaced, done } = settled
  return { dir: path, backup: created, ...(replaced !== undefined && { replaced }), logs: done }
}

function openBackup(file: string, { onProgress }: RestoreHostOptions): BackupReader {
  const reader = BackupReader.open(file, (done, total) => onProgress?.('reading', done, total))
  const { role } = reader.header
  if (role === 'host') return reader
  reader.close()
  throw new ActivationError(
    'FOLDER_WRONG_ROLE',
    `${file} is the backup of a folder of the role "${role}", not of a host's`,
  )
}

async function checkLogs(
  fresh: string,
  path: string,
  backup: Instant,
  options: RestoreHostOptions,
): Promise<readonly RestoredLog[]> {
  const logs: (RestoredLog & { readonly id: string })[] = []
  for (const id of vendorIds(fresh)) {
    const vendor = openVendor(fresh, id)
    if (!existsSync(vendor.files.chain)) continue
    await verifyHostLedger(fresh, {
      vendor: id,
      onProgress: (done, total) => options.onProgress?.('checking', done, total),
    })
    const log = measure(vendor, backup, options.now)
    writeRestored(vendor.files, { backup, restored: options.now, size: log.size })
    const newer = sizeIn(path, id)
    const missing = newer === undefined ? log.missing : { entries: Math.max(0, newer - log.size), exact: true }
    logs.push({ ...log, id, missing })
  }
  const recovered = await recover(fresh, backup, options, logs.length)
  return logs.map(({ id, ...log }) => {
    const found = recovered.find(({ vendor }) => vendor === id)
    return { ...log, ...(found && { recovered: found }) }
  })
}

async function recover(
  fresh: string,
  backup: Instant,
  { recoveryKey, reason, now }: RestoreHostOptions,
  logs: number,
): Promise<readonly RecoveredLog[]> {
  if (recoveryKey === undefined || logs === 0) return []
  return recoverFolder(fresh, { now, recoveryKey, reason: reason ?? `restored from the backup of ${toIso(backup)}` })
}

/** The pace of a ledger is that of its last weeks. */
const paceWindow = days(28)

function measure(vendor: Vendor, backup: Instant, now: Instant): Omit<RestoredLog, 'recovered'> {
  const activated = openActivated(vendor)
  if (activated === undefined) throw new Error('a ledger was verified whose certificate is not there')
  try {
    const { size, lastTime } = activated.ledger
    const since = Math.max(0, now - backup)
    const perSecond = size / Math.max(paceWindow, lastTime - activated.certificate.leaf.notBefore)
    return {
      vendor: vendor.id,
      size,
      lastEntry: lastTime,
      missing: { entries: Math.ceil(perSecond * since), exact: false },
    }
  } finally {
    activated.ledger.close()
  }
}

/** How many entries the same ledger has in the folder that is replaced, if it can still be read. */
function sizeIn(path: string, id: string): number | undefined {
  if (!existsSync(path) || !vendorIds(path).includes(id)) return undefined
  return attemptOrNothing(() => {
    const activated = openActivated(openVendor(path, id))
    activated?.ledger.close()
    return activated?.ledger.size
  })
}
