import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { readLabel } from '@volact/files/folder-label'
import { writeFolder } from '../backup/backup-host.ts'
import { BackupReader } from '../backup/backup-reader.ts'
import { BackupWriter } from '../backup/backup-writer.ts'
import { newDerivation } from '../backup/seal.ts'

/** What the header of the file says that it is: a backup of a host is restored by another command. */
const spareRole = 'spare'

/** Writes a spare's folder into a file, in the form of a sealed backup, for its owner alone. */
export async function sealSpare(
  folder: string,
  file: string,
  { now, passphrase }: { readonly now: Instant; readonly passphrase: string },
): Promise<void> {
  const writer = new BackupWriter(file)
  try {
    const folderFormat = readLabel(folder)?.format ?? 1
    writer.begin({ role: spareRole, folderFormat, created: now, sealed: newDerivation() }, passphrase)
    await writeFolder(folder, writer, undefined)
    writer.finish()
  } finally {
    writer.close()
  }
}

/** Opens the file of a spare. `BACKUP_DAMAGED`, `UNSUPPORTED_VERSION`; `FOLDER_WRONG_ROLE` for a backup. */
export function openSealedSpare(file: string): BackupReader {
  const reader = BackupReader.open(file)
  const { role } = reader.header
  if (role === spareRole) return reader
  reader.close()
  const message = `${file} is a backup of the role "${role}", and no spare: a host's is restored with "volact host restore"`
  throw new ActivationError('FOLDER_WRONG_ROLE', message)
}
