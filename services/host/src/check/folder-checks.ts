import { existsSync, statSync } from 'node:fs'
import { attempt } from '@volact/core/errors/attempt'
import type { HostConfig } from '../config/host-config.ts'
import { hostFiles, vendorFiles } from '../folder/files.ts'
import { vendorIds } from '../folder/vendor.ts'
import { requirePrivate } from '@volact/files/read-limited'
import { diskRoom } from '../metrics/disk-room.ts'
import { writeProblemOf } from '../admin/readiness.ts'
import { type HostCheck, ok, problem, warning } from './host-check.ts'

/** Looks at the folder: who may read its secrets, whether it can be written, and how much room there is. */
export async function folderChecks(dir: string, config: HostConfig): Promise<readonly HostCheck[]> {
  return [permissions(dir), await disk(dir, config)]
}

function permissions(dir: string): HostCheck {
  const files = [hostFiles(dir).noteKey, hostFiles(dir).config, ...vendorIds(dir).flatMap((id) => secretsOf(dir, id))]
  const open = files.filter(existsSync).flatMap(reasonNotPrivate)
  const [first] = open
  if (first !== undefined)
    return problem('permissions', first, 'Run the command that the line names, and ask who has read it.')
  if (process.platform !== 'win32' && (statSync(dir).mode & 0o077) !== 0) {
    return warning('permissions', `other accounts may look into ${dir}`, `Run "chmod 700 ${dir}".`)
  }
  return ok('permissions', `${dir} is for its owner alone`)
}

function secretsOf(dir: string, vendor: string): readonly string[] {
  const { signingKey, hostKey, pools } = vendorFiles(dir, vendor)
  return [signingKey, hostKey, pools]
}

function reasonNotPrivate(path: string): readonly string[] {
  const problem = attempt(() => {
    requirePrivate(path)
    return undefined
  })
  return problem === undefined ? [] : [problem.message]
}

async function disk(dir: string, config: HostConfig): Promise<HostCheck> {
  const writeProblem = await writeProblemOf(dir)
  if (writeProblem !== undefined) {
    return problem(
      'disk',
      `nothing can be written to ${dir}: ${writeProblem}`,
      'Make room, or have the disk mounted for writing.',
    )
  }
  const room = diskRoom(dir)
  if (room === undefined) return warning('disk', 'the system does not say how much room there is', 'Look yourself.')
  const [free, limit] = [Math.floor(room.free / 1_000_000), config['alerts.disk-free-mb']]
  const says = `${free} MB are free`
  return free >= limit
    ? ok('disk', says)
    : warning(
        'disk',
        `${says}, and alerts.disk-free-mb says ${limit}`,
        'Make room: a host that cannot record grants nothing.',
      )
}
