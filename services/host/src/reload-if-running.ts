import { askControl } from '@volact/files/control-socket'
import { openFolder } from '@volact/files/data-folder'
import type { ChangedSettings } from './config/changed-settings.ts'

/** Lets the host that runs on a folder take what has changed; nothing where none runs. */
export async function reloadIfRunning(dir: string): Promise<ChangedSettings | undefined> {
  const asked = await askControl(openFolder(dir, 'host').path, { verb: 'reload' })
  // What answers there is a host of this folder's owner, and of the version that runs here.
  return asked?.answer as ChangedSettings | undefined
}
