import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseLeaseFile } from '@volact/core/document/lease'
import type { ErrorCode } from '@volact/core/errors/table'
import { readHostSettings } from '../hosts/host-settings.ts'
import { inspectCheckpoint, keptLogs } from './checkpoints.ts'
import { checkpointFile, type ClientFiles, fileLimits } from './client-files.ts'
import { type Found, inspect, silent } from './kept-file.ts'
import { type FolderEvent, inspectMemory, type Memory, withEvent } from './license-memory.ts'
import { parsePending } from './pending-request.ts'
import { setAside } from './set-aside.ts'
import { inspectSettings } from './settings.ts'
import { readStore, type StoreKeeper, writeStore } from './store.ts'
import { whileLocked } from './store-lock.ts'
import { without } from './without.ts'

/** A file that cannot be used, and what a person should know of it. */
interface Loss {
  readonly path: string
  readonly lost: string
  /** Activation ID of the license that it was of. */
  readonly license?: string
}

/**
 * Sets aside every file that is damaged, and writes anew what the others know. What was lost is remembered until the next grant, with
 * what was `noted` before. Nothing is written where nothing is damaged. `FOLDER_IN_USE`, or what the disk says.
 */
export function repairFolder(keeper: StoreKeeper, noted: readonly string[]): void {
  const { files, now } = keeper
  if (noted.length === 0 && findLosses(files).length === 0) return
  whileLocked(files, () => {
    const before = readStore(keeper, silent)
    const losses = findLosses(files).map((loss) => setLossAside(loss))
    const texts = [...noted, ...losses.map(({ lost }) => lost)]
    const remembered = texts.reduce((memory, text) => withEvent(memory, eventOf(text, now())), before.memory)
    writeStore(files, { settings: before.settings, memory: losses.reduce(askAnew, remembered) })
  })
}

function findLosses(files: ClientFiles): readonly Loss[] {
  return [
    ...lossOf(files.settings, inspectSettings(files), keysLost),
    ...lossOf(files.memory, inspectMemory(files), memoryLost),
    ...hostsLoss(files),
    ...leaseLosses(files),
    ...keptLogs(files).flatMap((id) =>
      lossOf(
        checkpointFile(files, id),
        inspectCheckpoint(files, id),
        'what was known of a ledger is learned anew from its next answer',
      ),
    ),
    ...pendingLosses(files),
  ]
}

const keysLost =
  'the installed keys were taken from what is remembered of their licenses; a key that is missing now is to be installed again'
const memoryLost = 'the beginnings of graces were taken from the installed keys; used rearms count from none'

function hostsLoss(files: ClientFiles): readonly Loss[] {
  const problems: string[] = []
  readHostSettings(files, (text) => problems.push(text))
  const lost = 'hosts are looked for as if none were set; set again what was'
  return problems.length === 0 || !existsSync(files.hosts) ? [] : [{ path: files.hosts, lost }]
}

function leaseLosses({ licenses }: ClientFiles): readonly Loss[] {
  return filesIn(licenses, '.lease').flatMap(({ path, name }) => {
    const found = inspect({ path, maxBytes: fileLimits.lease, what: 'the lease', parse: parseLeaseFile })
    return lossOf(path, found, 'the lease is asked for anew').map((loss) => ({ ...loss, license: name }))
  })
}

function pendingLosses({ pending }: ClientFiles): readonly Loss[] {
  return filesIn(pending, '.cbor').flatMap(({ path }) => {
    const found = inspect({ path, maxBytes: fileLimits.pending, what: 'the request', parse: parsePending })
    return lossOf(path, found, 'an open request is given up, and another one is made')
  })
}

function lossOf(path: string, found: Found<unknown>, lost: string): readonly Loss[] {
  return found.kind === 'damaged' ? [{ path, lost }] : []
}

function setLossAside({ path, lost, ...loss }: Loss): Loss {
  const aside = setAside(path)
  return { ...loss, path, lost: `${path} was damaged and is now ${aside}: ${lost}` }
}

/** Whoever renews by itself does so at once. */
function askAnew(memory: Memory, { license }: Loss): Memory {
  const kept = license === undefined ? undefined : memory.licenses.get(license)
  if (license === undefined || kept === undefined) return memory
  return { ...memory, licenses: new Map(memory.licenses).set(license, without(kept, 'attempt')) }
}

function eventOf(text: string, at: number): FolderEvent {
  const code: ErrorCode = 'FOLDER_DAMAGED'
  return { at, code, text }
}

function filesIn(folder: string, ending: string): readonly { readonly path: string; readonly name: string }[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => name.endsWith(ending) && !name.startsWith('.'))
  return names.map((name) => ({ path: join(folder, name), name: name.slice(0, -ending.length) }))
}
