import type { Instant } from '@volact/core/time'
import { askHost } from './ask-host.ts'
import type { AddedPool } from './pipeline/pools.ts'
import type { PoolStatus } from './status.ts'

export interface PoolOptions {
  readonly now: () => Instant
  /** Needed only where the host has several vendors. */
  readonly vendor?: string
}

/**
 * Adds a pool of ephemeral machines (rule 38), on a running host or on its folder. The token is given this once; a pool that there is
 * gets another bound and keeps its token.
 */
export function addPool(
  dir: string,
  { pool, limit, vendor, now }: PoolOptions & { readonly pool: string; readonly limit: number },
): Promise<AddedPool> {
  return askHost(dir, { verb: 'pool-add', pool, limit, ...(vendor !== undefined && { vendor }) }, { now })
}

/** Tells the pools, with how many of their machines have a live lease. */
export function listPools(dir: string, { vendor, now }: PoolOptions): Promise<readonly PoolStatus[]> {
  return askHost(dir, { verb: 'pool-list', ...(vendor !== undefined && { vendor }) }, { now })
}

/** Removes a pool: its token is worth nothing from now on, and running leases end by themselves. */
export async function removePool(
  dir: string,
  { pool, vendor, now }: PoolOptions & { readonly pool: string },
): Promise<void> {
  await askHost(dir, { verb: 'pool-remove', pool, ...(vendor !== undefined && { vendor }) }, { now })
}
