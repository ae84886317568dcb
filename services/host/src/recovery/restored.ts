import { existsSync } from 'node:fs'
import type { Instant } from '@volact/core/time'
import type { VendorFiles } from '../folder/files.ts'
import { readRecord, writeRecord } from '../folder/json-record.ts'

/** Says of a ledger that it was restored from a backup, and what it had then; until it is recovered or begun anew. */
export interface Restored {
  /** When the backup was taken, and when it was restored. */
  readonly backup: Instant
  readonly restored: Instant
  readonly size: number
}

/** Reads what is noted of a restored ledger; nothing where there is nothing to say. */
export function readRestored({ restored }: Pick<VendorFiles, 'restored'>): Restored | undefined {
  return existsSync(restored) ? readRecord(restored, parse) : undefined
}

/** Notes it. */
export function writeRestored({ restored }: Pick<VendorFiles, 'restored'>, value: Restored): void {
  writeRecord(restored, value)
}

function parse(value: object): Restored | undefined {
  if (!('backup' in value) || !('restored' in value) || !('size' in value)) return undefined
  const { backup, restored, size } = value
  if (typeof backup !== 'number' || typeof restored !== 'number' || typeof size !== 'number') return undefined
  return { backup, restored, size }
}
