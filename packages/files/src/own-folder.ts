import { statSync } from 'node:fs'
import { ActivationError } from '@volact/core/errors/activation-error'

/**
 * Refuses to work as root in a folder of another account: that one could not read what root writes into it, and whoever may put a
 * link there would say what root writes to. `FOLDER_NOT_WRITABLE`.
 */
export function requireOwnFolder(dir: string): void {
  const owner = statSync(dir, { throwIfNoEntry: false })?.uid ?? 0
  if (process.geteuid?.() !== 0 || owner === 0) return
  const message =
    `${dir} belongs to the account with the number ${owner}, which could not read what root writes into it: ` +
    `run as that account ("sudo -u '#${owner}' …"), or make the folder root's with chown`
  throw new ActivationError('FOLDER_NOT_WRITABLE', message, { data: { path: dir } })
}
