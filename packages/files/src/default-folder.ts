import { posix, win32 } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { productName } from '@volact/core/product-name'
import type { Role } from './folder-label.ts'

/** What decides where data lies; a command passes its own `process.platform`, `process.env` and `process.getuid?.()`. */
export interface Surroundings {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absent on Windows. */
  readonly uid: number | undefined
}

/** A place for a data folder, and whether it is the whole machine's or, for want of privilege, only this account's. */
export interface DefaultFolder {
  readonly path: string
  readonly scope: 'machine' | 'account'
}

/** Where a role keeps its data when nobody names a folder. Throws `USAGE` where the system names no place. */
export function defaultFolder(role: Role, { platform, env, uid }: Surroundings): DefaultFolder {
  if (platform === 'win32')
    return { path: win32.join(required(env, 'ProgramData'), displayName, role), scope: 'machine' }
  if (uid !== 0) return { path: posix.join(required(env, 'HOME'), `.${productName}`, role), scope: 'account' }
  const base = platform === 'darwin' ? `/Library/Application Support/${displayName}` : `/var/lib/${productName}`
  return { path: posix.join(base, role), scope: 'machine' }
}

/** The name as people write it. */
const displayName = productName.charAt(0).toUpperCase() + productName.slice(1)

function required(env: Surroundings['env'], name: string): string {
  const value = env[name]
  if (value !== undefined && value !== '') return value
  throw new ActivationError('USAGE', `${name} is not set, so there is no default folder: name one with --dir`)
}
