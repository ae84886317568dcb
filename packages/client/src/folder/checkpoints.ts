import { existsSync, readdirSync } from 'node:fs'
import { toHex } from '@volact/core/bytes'
import { parseCheckpoint, type UnverifiedHead } from '@volact/core/document/checkpoint'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { checkpointFile, type ClientFiles, fileLimits } from './client-files.ts'
import { type Found, inspect, type KeptFile, type Note, readKept, silent, writeKept } from './kept-file.ts'
import type { Settings } from './settings.ts'

/** A checkpoint as it was kept: it was verified then, and is this client's own memory now. */
export interface KeptCheckpoint {
  readonly bytes: Uint8Array
  readonly head: UnverifiedHead
}

/** Reads the checkpoint that is kept of a ledger, by the hexadecimal digits of its ID. */
export function readCheckpoint(files: ClientFiles, logId: string, note: Note): KeptCheckpoint | undefined {
  return readKept(kept(files, logId), note)
}

/** Looks at the checkpoint that is kept of a ledger. */
export function inspectCheckpoint(files: ClientFiles, logId: string): Found<KeptCheckpoint> {
  return inspect(kept(files, logId))
}

/** Lists the ledgers of which a checkpoint is kept, by the hexadecimal digits of their IDs. */
export function keptLogs({ checkpoints }: ClientFiles): readonly string[] {
  if (!existsSync(checkpoints)) return []
  return readdirSync(checkpoints).flatMap((name) => /^([0-9a-f]{64})\.cose$/.exec(name)?.[1] ?? [])
}

/** The newest signed time that any checkpoint here has. */
export function newestCheckpointTime(files: ClientFiles): Instant | undefined {
  const times = keptLogs(files).flatMap((id) => readCheckpoint(files, id, silent)?.head.time ?? [])
  return times.length === 0 ? undefined : Math.max(...times)
}

/** Finds the newest checkpoint of any ledger of a vendor, to be shown to every host of that vendor (rule 26). */
export function newestCheckpoint(
  files: ClientFiles,
  { logs }: Settings,
  vendor: string,
  note: Note,
): KeptCheckpoint | undefined {
  return logs
    .filter((log) => log.vendor === vendor)
    .flatMap(({ id }) => readCheckpoint(files, id, note) ?? [])
    .toSorted((a, b) => b.head.time - a.head.time)[0]
}

/** Keeps a verified checkpoint whole, in place of the one before of its ledger. */
export function writeCheckpoint(files: ClientFiles, logId: string, bytes: Uint8Array): void {
  writeKept(checkpointFile(files, logId), bytes)
}

function kept(files: ClientFiles, logId: string): KeptFile<KeptCheckpoint> {
  const parse = (bytes: Uint8Array): KeptCheckpoint => {
    const head = parseCheckpoint(bytes)
    if (toHex(head.logId) === logId) return { bytes, head }
    throw new ActivationError('LOG_MISMATCH', 'it is of another ledger')
  }
  return { path: checkpointFile(files, logId), maxBytes: fileLimits.checkpoint, what: 'the checkpoint', parse }
}
