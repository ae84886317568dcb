import type { Instant } from '@volact/core/time'
import { newestCheckpointTime } from './checkpoints.ts'
import type { ClientFiles } from './client-files.ts'
import { type Found, type Note, silent } from './kept-file.ts'
import type { KeptLicense, KeptRecord } from './kept-license.ts'
import { inspectMemory, type Memory, writeMemory } from './license-memory.ts'
import { inspectSettings, noSettings, type Settings, writeSettings } from './settings.ts'
import type { RunningClock } from './running-clock.ts'
import { whileLocked } from './store-lock.ts'

/** What a client was told, and what it has learned. */
export interface Store {
  readonly settings: Settings
  readonly memory: Memory
}

/** Who has a folder and clocks. */
export interface StoreKeeper {
  readonly files: ClientFiles
  readonly clock: RunningClock
  readonly now: () => Instant
}

/**
 * Reads both files, with the mark of time raised to now. What one of them has lost is taken from the other, so that no damage keeps
 * a product from its key or gives it a new grace. Takes no lock.
 */
export function readStore({ files, clock, now }: StoreKeeper, note: Note): Store {
  const [settings, memory] = [inspectSettings(files), inspectMemory(files)]
  noteLoss(files.settings, settings, note)
  noteLoss(files.memory, memory, note)
  const known = memory.kind === 'read' ? memory.value : undefined
  const keys = settings.kind === 'read' ? settings.value : settingsFrom(known)
  const learned = known ?? memoryFrom(files, keys, now())
  return { settings: keys, memory: { ...learned, clock: clock.raise(learned.clock, now()) } }
}

/**
 * Changes the store while no other program does. The memory is written first: a key without the beginning of its grace would begin
 * it at each look. `FOLDER_IN_USE`, or what the disk says.
 */
export function changeStore(keeper: StoreKeeper, change: (before: Store) => Store): Store {
  return whileLocked(keeper.files, () => {
    const before = readStore(keeper, silent)
    const after = change(before)
    writeStore(keeper.files, after, before)
    return after
  })
}

/** Writes of a store what is not `before`. The folder's lock is held. */
export function writeStore(files: ClientFiles, { settings, memory }: Store, before: Partial<Store> = {}): void {
  if (memory !== before.memory) writeMemory(files, memory)
  if (settings !== before.settings) writeSettings(files, settings)
}

function noteLoss(path: string, found: Found<unknown>, note: Note): void {
  if (found.kind === 'damaged' || found.kind === 'unreadable') note(`${path} is ignored: ${found.problem}`)
}

function settingsFrom(memory: Memory | undefined): Settings {
  if (memory === undefined) return noSettings
  const installed = [...memory.licenses].filter(([, { record }]) => record.key !== 'none')
  const keys = installed.map(([product, { vendor, record }]) => ({ vendor, product, installed: record.graceBegan }))
  return { ...noSettings, keys }
}

/** The newest signed time that is left is the best to begin with. */
function memoryFrom(files: ClientFiles, { keys }: Settings, local: Instant): Memory {
  const signed = newestCheckpointTime(files)
  const clock = { mark: signed ?? local, base: signed ?? local }
  const licenses = keys.flatMap(({ vendor, product, installed }): [string, KeptLicense][] =>
    installed === undefined ? [] : [[product, { vendor, record: newRecord('volume', installed) }]],
  )
  return { clock, licenses: new Map(licenses), events: [] }
}

/** The record of a license of which nothing is known but its key, and since when. */
export function newRecord(key: KeptRecord['key'], graceBegan: Instant): KeptRecord {
  return { key, graceBegan, ephemeral: false, rearms: { machine: 0, application: 0, product: 0 } }
}
