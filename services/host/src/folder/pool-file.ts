import { existsSync } from 'node:fs'
import { utf8 } from '@volact/core/bytes'
import { formatPoolToken, parsePoolToken, type PoolToken } from '@volact/core/document/pool-token'
import { attemptOrNothing } from '@volact/core/errors/attempt'
import { writeDurably } from '@volact/files/durable'
import { requirePrivate } from '@volact/files/read-limited'
import { poolBounds } from '../pipeline/limits.ts'
import { fileLimits } from './files.ts'
import { readRecord } from './json-record.ts'

/** A pool of ephemeral machines as its host knows it: with the secret, which stands in this file alone. */
export interface PoolRecord extends PoolToken {
  /** How many machines may have a live lease at the same time. */
  readonly limit: number
}

/** Whether a pool can be bound to so many machines. */
export function isPoolLimit(limit: number): boolean {
  return Number.isSafeInteger(limit) && limit >= 1 && limit <= poolBounds.machines
}

/** Reads the pools of a vendor; none where there is no file. `FILE_NOT_PRIVATE`, `FOLDER_DAMAGED`. */
export function readPools(path: string): readonly PoolRecord[] {
  if (!existsSync(path)) return []
  requirePrivate(path)
  return readRecord(path, parsePools, fileLimits.pools)
}

/** Writes the pools of a vendor, for the owner of the folder alone. */
export function writePools(path: string, pools: readonly PoolRecord[]): void {
  const records = pools.map(({ limit, ...token }) => ({ token: formatPoolToken(token), limit }))
  writeDurably(path, utf8(`${JSON.stringify({ pools: records })}\n`))
}

function parsePools(value: object): readonly PoolRecord[] | undefined {
  if (!('pools' in value) || !Array.isArray(value.pools)) return undefined
  const pools = value.pools.map(parsePool)
  if (!pools.every((pool) => pool !== undefined)) return undefined
  return new Set(pools.map(({ id }) => id)).size === pools.length ? pools : undefined
}

function parsePool(value: unknown): PoolRecord | undefined {
  if (typeof value !== 'object' || value === null || !('token' in value) || !('limit' in value)) return undefined
  const { token, limit } = value
  if (typeof token !== 'string' || typeof limit !== 'number' || !isPoolLimit(limit)) return undefined
  return attemptOrNothing(() => ({ ...parsePoolToken(token), limit }))
}
