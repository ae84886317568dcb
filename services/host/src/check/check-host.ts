import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { askControl } from '@volact/files/control-socket'
import { openFolder } from '@volact/files/data-folder'
import { type ConfigSources, type LoadedConfig, loadConfig, usualSettings } from '../config/load-config.ts'
import { hostStatus } from '../host-status.ts'
import type { HostStatus } from '../status.ts'
import { backupCheck } from './backup-check.ts'
import { dnsChecks } from './dns-checks.ts'
import { folderChecks } from './folder-checks.ts'
import { type HostCheck, ok, problem, warning } from './host-check.ts'
import { portChecks } from './port-checks.ts'
import { stateChecks } from './state-checks.ts'
import { tlsChecks } from './tls-checks.ts'

/** How a host is checked. */
export interface CheckHostOptions {
  readonly now: () => Instant
  readonly sources: ConfigSources
}

/**
 * Looks at everything that a host needs to do its work, as the chapters of the old manuals on verifying a host do. It changes nothing,
 * and what it finds wrong it says and goes on. `FOLDER_MISSING` where there is no host to look at.
 */
export async function checkHost(dir: string, { now, sources }: CheckHostOptions): Promise<readonly HostCheck[]> {
  const { path } = openFolder(dir, 'host')
  const [settings, { config, dns }] = settingsCheck(path, sources)
  const isRunning = await runs(path)
  const [service, status] = await statusCheck(path, isRunning, now)
  return [
    ...[settings, ...(await folderChecks(path, config)), backupCheck(path, now()), service],
    ...(status === undefined ? [] : stateChecks(status, config, now())),
    ...tlsChecks(path, config, now()),
    ...(status?.address === undefined ? [] : await portChecks({ ...status, address: status.address }, path, config)),
    ...(status === undefined ? [] : await dnsChecks(status, dns)),
  ]
}

function settingsCheck(dir: string, sources: ConfigSources): readonly [HostCheck, LoadedConfig] {
  try {
    const loaded = loadConfig(dir, sources)
    const { size } = loaded.from
    return [ok('settings', size === 0 ? 'all are the usual ones' : `${size} made, and right`), loaded]
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    const todo = 'Correct them: with these the host does not start, and a running one takes none of them.'
    return [problem('settings', error.message, todo), usualSettings]
  }
}

async function runs(dir: string): Promise<boolean> {
  return (await askControl(dir, { verb: 'status' })) !== undefined
}

async function statusCheck(
  dir: string,
  isRunning: boolean,
  now: () => Instant,
): Promise<readonly [HostCheck, HostStatus | undefined]> {
  try {
    const status = await hostStatus(dir, { now })
    if (isRunning) return [ok('service', `it runs and listens on ${status.address ?? ''}`), status]
    return [
      warning('service', 'it does not run', 'Start it: "volact host serve", or the service of the system.'),
      status,
    ]
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    return [problem('service', error.message, `"volact explain ${error.code}" says what it means.`), undefined]
  }
}
