import { openFolder } from '@volact/files/data-folder'
import { lockFolder } from '@volact/files/lock'

/** Opens a host's folder under its lock for one act; `FOLDER_IN_USE` while the host serves or another act is under way. */
export async function withHostFolder<T>(dir: string, act: (path: string) => T | Promise<T>): Promise<T> {
  const { path } = openFolder(dir, 'host')
  const lock = lockFolder(path)
  try {
    return await act(path)
  } finally {
    lock.release()
  }
}
