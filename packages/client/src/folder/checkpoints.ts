import { toHex } from '@volact/core/bytes'
import { parseCheckpoint, type UnverifiedHead } from '@volact/core/document/checkpoint'
import { ActivationError } from '@volact/core/errors/activation-error'
import { checkpointFile, type ClientFiles, fileLimits } from './client-files.ts'
import { type Note, readKept, writeKept } from './kept-file.ts'
import type { Settings } from './settings.ts'

/** A checkpoint as it was kept: it was verified then, and is this client's own memory now. */
export interface KeptCheckpoint {
  readonly bytes: Uint8Array
  readonly head: UnverifiedHead
}

/** Reads the checkpoint that is kept of a ledger, by the hexadecimal digits of its ID. */
export function readCheckpoint(files: ClientFiles, logId: string, note: Note): KeptCheckpoint | undefined {
  const path = checkpointFile(files, logId)
  const parse = (bytes: Uint8Array): KeptCheckpoint => {
    const head = parseCheckpoint(bytes)
    if (toHex(head.logId) === logId) return { bytes, head }
    throw new ActivationError('LOG_MISMATCH', 'it is of another ledger')
  }
  return readKept({ path, maxBytes: fileLimits.checkpoint, what: 'the checkpoint', parse }, note)
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
