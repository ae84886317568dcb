import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { removeKept, silent } from './folder/kept-file.ts'
import { readStore } from './folder/store.ts'
import { tryTalk } from './folder/store-lock.ts'
import { lockFolder } from '@volact/files/lock'
import { writeSettings } from './folder/settings.ts'
import type { Installation } from './installation.ts'

/** What was taken out of a folder, and what the machines that are made from it find there. */
export interface Generalized {
  /** Names in the folder. */
  readonly removed: readonly string[]
  /** How many product keys stay. */
  readonly keys: number
}

/**
 * Prepares a folder to be copied: nothing stays by which a copy could be taken for this machine, and everything that its machines shall
 * have in common does, vendors, product keys and the settings of hosts. `FOLDER_IN_USE` while another program works on it.
 */
export function generalize(installation: Installation): Generalized {
  const { files } = installation
  const turn = tryTalk(files)
  if (turn instanceof ActivationError) throw turn
  try {
    const lock = lockFolder(files.dir)
    try {
      return takeOut(installation)
    } finally {
      lock.release()
    }
  } finally {
    turn.release()
  }
}

/** The key first: a copy without it is another machine, whatever else was left when this was broken off. */
function takeOut(installation: Installation): Generalized {
  const { files } = installation
  const { settings } = readStore(installation, silent)
  const { dir, deviceKey, seal, licenses, pending, checkpoints, memory } = files
  const own = [deviceKey, seal, licenses, pending, checkpoints, memory, ...aside(files)]
  const removed = own.filter((path) => existsSync(path))
  removed.forEach(removeKept)
  // Graces begin on each machine, and ledgers are met there.
  const keys = settings.keys.map(({ vendor, product }) => ({ vendor, product }))
  writeSettings(files, { ...settings, keys, logs: [] })
  return { removed: removed.map((path) => relative(dir, path)), keys: keys.length }
}

/** What was set aside may hold what its name does not say. */
function aside({ deviceKey, seal, settings, hosts, memory }: Installation['files']): readonly string[] {
  return [deviceKey, seal, settings, hosts, memory].map((path) => `${path}.damaged`)
}
