import { join, posix, win32 } from 'node:path'
import type { Surroundings } from '@volact/files/default-folder'

/** Where the roots and packs of vendors lie: in the system's own folder, or unprotected in the one that a command names. */
export interface VendorPlace {
  readonly path: string
  readonly protection: 'system' | 'folder'
}

/** The system's own place, which only the administrator can change (rule 11). */
export function systemVendors({ platform, env }: Pick<Surroundings, 'platform' | 'env'>): VendorPlace {
  return { path: systemPath(platform, env), protection: 'system' }
}

/** The place inside a client's folder. */
export function folderVendors(dir: string): VendorPlace {
  return { path: join(dir, 'vendors'), protection: 'folder' }
}

function systemPath(platform: NodeJS.Platform, env: Surroundings['env']): string {
  if (platform === 'win32') return win32.join(env['ProgramData'] ?? 'C:\\ProgramData', 'Volact', 'vendors')
  if (platform === 'darwin') return '/Library/Application Support/Volact/vendors'
  return posix.join('/etc', 'volact', 'vendors')
}

/** The files of one vendor in a place. */
export interface VendorFiles {
  readonly dir: string
  /** The pinned roots, PEM. */
  readonly roots: string
  readonly pack: string
  readonly record: string
}

/** Names the files of a vendor. */
export function vendorFiles({ path }: VendorPlace, id: string): VendorFiles {
  const dir = join(path, id)
  return { dir, roots: join(dir, 'root.pem'), pack: join(dir, 'pack.cose'), record: join(dir, 'vendor.json') }
}
