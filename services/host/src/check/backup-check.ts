import { days, type Instant, toIso } from '@volact/core/time'
import { lastBackup } from '../backup/last-backup.ts'
import { type HostCheck, ok, warning } from './host-check.ts'

/** How old the last backup may be: what was granted since is lost to the ledger when the disk is. */
const longest = days(30)

/** Looks when the last backup was taken. */
export function backupCheck(dir: string, now: Instant): HostCheck {
  const time = lastBackup(dir)
  if (time === undefined)
    return warning('backup', 'no backup is known', 'Run "volact host backup FILE", and again each week.')
  const says = `the last backup is of ${toIso(time)}`
  return now - time <= longest ? ok('backup', says) : warning('backup', says, 'Run "volact host backup FILE".')
}
