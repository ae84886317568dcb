import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { equal } from '@volact/core/bytes'
import { parseGrant } from '@volact/core/document/grant'
import { parseLeaseFile } from '@volact/core/document/lease'
import { type ClientFiles, fileLimits } from '../folder/client-files.ts'
import { inspect, removeKept } from '../folder/kept-file.ts'
import { parsePending } from '../folder/pending-request.ts'

/**
 * Removes the leases and open requests that are bound to another device key than the one of this machine, for good.
 */
export function dropBound({ licenses, pending }: ClientFiles, machineId: Uint8Array): void {
  drop(licenses, fileLimits.lease, (bytes) => parseGrant(parseLeaseFile(bytes).entry).machine, machineId)
  drop(pending, fileLimits.pending, (bytes) => parsePending(bytes).opened.machine, machineId)
}

function drop(folder: string, maxBytes: number, parse: (bytes: Uint8Array) => Uint8Array, machineId: Uint8Array): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const found = inspect({ path, maxBytes, what: 'the file', parse })
    if (found.kind === 'read' && !equal(found.value, machineId)) removeKept(path)
  }
}
