import { openFolder } from '@volact/files/data-folder'
import { lockFolder } from '@volact/files/lock'
import { requireOwnFolder } from '@volact/files/own-folder'

/**
 * Opens a host's folder under its lock for one act; `FOLDER_IN_USE` while the host serves or another act is under way,
 * `FOLDER_NOT_WRITABLE` for root in the folder of the service's account.
 */
export async function withHostFolder<T>(dir: string, act: (path: string) => T | Promise<T>): Promise<T> {
  requireOwnFolder(dir)
  const { path } = openFolder(dir, 'host')
  const lock = lockFolder(path)
  try {
    return await act(path)
  } finally {
    lock.release()
  }
}
