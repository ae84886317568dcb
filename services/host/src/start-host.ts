import { openFolder } from '@volact/files/data-folder'
import { type FolderLock, lockFolder } from '@volact/files/lock'
import { requireOwnFolder } from '@volact/files/own-folder'
import type { ChangedSettings } from './config/changed-settings.ts'
import { hostFiles } from './folder/files.ts'
import type { HostFigures } from './host-figures.ts'
import type { HostOptions } from './host-options.ts'
import { Host } from './host.ts'
import { recordFailedStart } from './index/failed-start.ts'
import type { HostStatus } from './status.ts'

export interface StartHostOptions extends HostOptions {
  readonly dir: string
}

/** A host that serves. */
export interface RunningHost {
  /** `HOST:PORT` */
  readonly address: string
  /** Of the admin listener and of activation over HTTPS, where there are such. */
  readonly adminAddress: string | undefined
  readonly httpsAddress: string | undefined
  status(): HostStatus
  /** Numbers of the hot path, by vendor. */
  figures(): HostFigures
  /** Takes what has changed in the settings and files, without dropping a connection; nothing of it where anything is wrong. */
  reload(): Promise<ChangedSettings>
  /** Answers what was asked, and gives folder and port free. */
  close(): Promise<void>
}

/** Serves the folder of a host (docs/architecture.md). `FOLDER_IN_USE`, `PORT_IN_USE`, or what is wrong with the folder. */
export async function startHost(options: StartHostOptions): Promise<RunningHost> {
  requireOwnFolder(options.dir)
  const { path } = openFolder(options.dir, 'host')
  const lock = lockFolder(path)
  try {
    const host = await startInFolder(path, options)
    return runningHost(host, lock)
  } catch (error) {
    if (options.index !== 'off') await recordFailedStart(hostFiles(path).index, error, options.now())
    lock.release()
    throw error
  }
}

async function startInFolder(dir: string, options: HostOptions): Promise<Host> {
  const host = new Host(dir, options)
  try {
    await host.start()
    return host
  } catch (error) {
    // Why it does not start is worth more than what else goes wrong on the way back.
    await host.close().catch(() => undefined)
    throw error
  }
}

function runningHost(host: Host, lock: FolderLock): RunningHost {
  return {
    get address() {
      return host.address
    },
    adminAddress: host.adminAddress,
    httpsAddress: host.httpsAddress,
    status: () => host.status(),
    figures: () => host.figures(),
    reload: () => host.reload(),
    close: async () => {
      try {
        await host.close()
      } finally {
        lock.release()
      }
    },
  }
}
