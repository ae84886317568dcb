import { fromHex, toHex } from '@volact/core/bytes'
import type { Instant } from '@volact/core/time'
import { readRecord, writeRecord } from './json-record.ts'

/** What a host knows of itself from `host init` on. */
export interface HostRecord {
  readonly created: Instant
  /** Public part of the recovery key: Ed25519, 32 bytes (rule 27). */
  readonly recoveryKey: Uint8Array
}

/** Reads the record of a host; `FOLDER_DAMAGED` when it is none. */
export function readHostRecord(path: string): HostRecord {
  return readRecord(path, (value) => {
    if (!('created' in value) || !('recoveryKey' in value)) return undefined
    const { created, recoveryKey } = value
    if (typeof created !== 'number' || typeof recoveryKey !== 'string') return undefined
    return /^[0-9a-f]{64}$/.test(recoveryKey) ? { created, recoveryKey: fromHex(recoveryKey) } : undefined
  })
}

/** Writes the record of a host. */
export function writeHostRecord(path: string, { created, recoveryKey }: HostRecord): void {
  writeRecord(path, { created, recoveryKey: toHex(recoveryKey) })
}
