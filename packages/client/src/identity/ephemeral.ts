import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parsePoolToken, type PoolToken } from '@volact/core/document/pool-token'
import type { Instant } from '@volact/core/time'
import { fileError } from '@volact/files/file-error'
import { lockFolder } from '@volact/files/lock'
import { believedTime } from '../folder/clock-mark.ts'

import { silent } from '../folder/kept-file.ts'
import type { KeptLicense } from '../folder/kept-license.ts'
import type { Memory } from '../folder/license-memory.ts'
import { newRecord, readStore, type StoreKeeper, writeStore } from '../folder/store.ts'
import { whileLocked } from '../folder/store-lock.ts'
import type { Identity } from './identity.ts'
import { takeNewIdentity } from './new-identity.ts'

/** How a machine without a persistent store is opened (rule 38). */
export interface EphemeralOptions {
  /** As "volact host pool add" printed it; a secret. `POOL_TOKEN_INVALID` when it is none. */
  readonly poolToken: string
  /**
   * Goes on with the identity that the folder has of this pool, as commands do that are called one after another. Else every opening
   * makes a new one, and closing gives its leases back.
   */
  readonly continues?: boolean
}

/** An ephemeral machine in its folder. */
export interface Stay {
  readonly pool: PoolToken
  /** Whether the machine ends when the client is closed. */
  readonly ends: boolean
  /** Frees the folder, and removes one that was made for this machine alone. */
  readonly leave: () => void
}

type Tenant = StoreKeeper & { readonly identity: Identity }

/** Makes a folder for one ephemeral machine alone. */
export function temporaryHome(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'volact-client-'))
  } catch (error) {
    throw fileError(error, 'write', tmpdir())
  }
}

/**
 * Moves into a folder: with a fresh key, and without what another machine had there, unless that one goes on. Keys, hosts and what is
 * known of ledgers stay. `FOLDER_IN_USE` while another ephemeral machine lives there.
 */
export function moveIn(tenant: Tenant, { poolToken, continues = false }: EphemeralOptions, isOwn: boolean): Stay {
  const { files } = tenant
  const pool = parsePoolToken(poolToken)
  const resident = continues ? { release: () => undefined } : lockFolder(made(join(files.dir, 'resident')))
  const goesOn = (): boolean => continues && readStore(tenant, silent).memory.pool === pool.id
  if (!goesOn()) {
    whileLocked(files, () => {
      if (!goesOn()) settleIn(tenant, pool)
    })
  }
  const leave = (): void => {
    resident.release()
    if (isOwn) rmSync(files.dir, { recursive: true, force: true })
  }
  return { pool, ends: !continues, leave }
}

/** Everything of whoever was there before goes, but for what images have in common. */
function settleIn(tenant: Tenant, pool: PoolToken): void {
  const { files, now } = tenant
  const before = readStore(tenant, silent)
  writeStore(files, { ...before, memory: freshMemory(before.memory, pool.id, now()) }, before)
  takeNewIdentity(tenant, undefined)
}

function freshMemory({ clock, licenses }: Memory, pool: string, now: Instant): Memory {
  const begun = [...licenses].map(([id, { vendor, record }]): [string, KeptLicense] => {
    return [id, { vendor, record: newRecord(record.key, believedTime(clock, now)) }]
  })
  return { clock, licenses: new Map(begun), events: [], pool }
}

function made(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return folder
  } catch (error) {
    throw fileError(error, 'write', folder)
  }
}
