import { setTimeout } from 'node:timers/promises'
import { ActivationError } from '@volact/core/errors/activation-error'
import { findHardware } from './activation/machine.ts'
import type { Note } from './folder/kept-file.ts'
import { repairFolder } from './folder/repair.ts'
import { settleIdentity } from './identity/settle.ts'
import type { Installation } from './installation.ts'
import { keepMemory } from './keep-memory.ts'

/**
 * Does at the opening of a folder what is due: mends what is damaged, finds out whether the folder has come to other hardware, and
 * keeps the memory of time. Nearly always nothing is. What cannot be done now is noted, and done by the next: whoever has the folder
 * in use does the same, and a full disk keeps no product from opening.
 */
export async function keepHouse(installation: Installation, lost: readonly string[], note: Note): Promise<void> {
  attempt(note, () => {
    repairFolder(installation, lost)
  })
  await settleSoon(installation, note)
  attempt(note, () => {
    keepMemory(installation)
  })
}

/** How long the opening waits for the hardware, in milliseconds: Linux tells it at once, others start a program for it. */
const probePatience = 250

/** A probe that is slow is judged when it comes; and every activation looks again. */
async function settleSoon(installation: Installation, note: Note): Promise<void> {
  const stop = new AbortController()
  const late = setTimeout(probePatience, undefined, { signal: stop.signal, ref: false }).catch(() => undefined)
  await Promise.race([settle(installation, note), late])
  stop.abort()
}

async function settle(installation: Installation, note: Note): Promise<void> {
  try {
    settleIdentity(installation, await findHardware(installation))
  } catch (error) {
    noteFailure(error, note)
  }
}

function attempt(note: Note, run: () => void): void {
  try {
    run()
  } catch (error) {
    noteFailure(error, note)
  }
}

function noteFailure(error: unknown, note: Note): void {
  if (!(error instanceof ActivationError)) throw error
  if (error.code !== 'FOLDER_IN_USE') note(error.message)
}
