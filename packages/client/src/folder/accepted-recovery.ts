import { join } from 'node:path'
import { encodeCbor } from '@volact/core/cbor/encode'
import { expectArray, expectBytes } from '@volact/core/cbor/expect'
import { openContainer } from '@volact/core/document/container'
import { parseRecovery, type Recovery } from '@volact/core/document/recovery'
import { parseEntry } from '@volact/core/document/ledger-entry'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { ClientFiles } from './client-files.ts'
import { type Note, readKept, writeKept } from './kept-file.ts'

/** The last recovery of a ledger that this client has accepted (rule 27). */
export interface AcceptedRecovery {
  readonly recovery: Recovery
  /** The bytes of its entry. */
  readonly entry: Uint8Array
  /** The checkpoint that was given up for it: while it is still the one that is kept, the acceptance is not finished. */
  readonly lost: Uint8Array
}

const form = { name: 'volact-accepted-recovery', version: 1, what: 'accepted recovery' }
const maxBytes = 16_384

/** Reads the last recovery that was accepted of a ledger, by the hexadecimal digits of its ID. */
export function readAcceptedRecovery(files: ClientFiles, logId: string, note: Note): AcceptedRecovery | undefined {
  return readKept({ path: pathOf(files, logId), maxBytes, what: form.what, parse }, note)
}

/** Remembers it, durably and before the checkpoint of the recovered ledger, so that no older one is accepted afterwards. */
export function writeAcceptedRecovery(
  files: ClientFiles,
  logId: string,
  { entry, lost }: Pick<AcceptedRecovery, 'entry' | 'lost'>,
): void {
  writeKept(pathOf(files, logId), encodeCbor([form.name, form.version, [entry, lost]]))
}

function pathOf({ checkpoints }: ClientFiles, logId: string): string {
  return join(checkpoints, `${logId}.recovery`)
}

function parse(bytes: Uint8Array): AcceptedRecovery {
  const [first = null, second = null] = expectArray(openContainer(bytes, form), form.what, 2)
  const [entryBytes, lost] = [expectBytes(first, form.what), expectBytes(second, form.what)]
  const entry = parseEntry(entryBytes)
  if (entry.kind !== 'recovery') throw new ActivationError('MALFORMED', `it is a ${entry.kind}`)
  return { recovery: parseRecovery(entry.document), entry: entryBytes, lost }
}
