import type { Client } from '@volact/client/open-client'
import type { VendorPlace } from '@volact/client/vendors/vendor-place'
import { decodeUtf8 } from '@volact/core/bytes'
import { readLimited, requirePrivate } from '@volact/files/read-limited'
import { type FolderOptions, folderOf } from './options.ts'
import type { World } from './world.ts'

/** A client's folder, and the file with the token of a pool for a machine that has none. */
export interface ClientOptions extends FolderOptions {
  readonly poolTokenFile?: string
}

const poolTokenLimit = 1_024

/** With `--dir` the folder's own vendors, which anybody could exchange who can write there; else those of the system (rule 11). */
export async function vendorPlaceOf({ dir }: FolderOptions, { surroundings }: World): Promise<VendorPlace> {
  const { folderVendors, systemVendors } = await import('@volact/client/vendors/vendor-place')
  return dir === undefined ? systemVendors(surroundings) : folderVendors(dir)
}

/** Opens the client of the folder. With `--dir` it must be there already: a mistyped path makes no machine. */
export async function openClient({ poolTokenFile, ...options }: ClientOptions, world: World): Promise<Client> {
  const { openFolderClient } = await import('@volact/client/open-folder-client')
  const { transportLimits } = await import('@volact/client/transport')
  const { webByEnvironment } = await import('@volact/client/web/web-settings')
  const vendors = await vendorPlaceOf(options, world)
  return openFolderClient({
    dir: folderOf('client', options, world),
    create: options.dir === undefined,
    now: world.now,
    vendors,
    ...(world.policy && { policy: world.policy }),
    ...(world.network && { network: world.network }),
    limits: { ...transportLimits, web: webByEnvironment(world.surroundings.env) },
    ...(poolTokenFile !== undefined && { ephemeral: { poolToken: readPoolToken(poolTokenFile), continues: true } }),
  })
}

/** From a file for its owner alone: on a command line everybody could read it. */
function readPoolToken(path: string): string {
  const token = decodeUtf8(readLimited(path, poolTokenLimit, 'the token of the pool')) ?? ''
  requirePrivate(path)
  return token
}
