import { mkdirSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { ActivationError } from '@volact/core/errors/activation-error'
import { fileError } from '@volact/files/file-error'
import { type FolderLock, isLocked, lockFolder } from '@volact/files/lock'
import type { ClientFiles } from './client-files.ts'

/** How long to wait for another program that writes, in milliseconds: it takes a few. Nothing else of this one runs meanwhile. */
const patience = 500

/** How long to wait for another program's conversation with a host, in milliseconds. */
export const talkPatience = 10_000

/** Does something while no other program writes into the folder; `FOLDER_IN_USE` when one goes on doing so. */
export function whileLocked<T>({ dir }: ClientFiles, run: () => T): T {
  const lock = waitFor(dir)
  try {
    return run()
  } finally {
    lock.release()
  }
}

/**
 * Takes the right to talk to hosts: two requests for one license at a time would look like two machines (rule 18). The folder
 * itself stays free meanwhile, so that a host that is slow to answer keeps nobody from reading or setting anything.
 */
export async function lockTalk(files: ClientFiles, milliseconds: number = talkPatience): Promise<FolderLock> {
  const end = performance.now() + milliseconds
  for (;;) {
    const lock = tryTalk(files)
    if (!(lock instanceof ActivationError)) return lock
    if (performance.now() >= end) throw lock
    await setTimeout(step)
  }
}

/** Takes the right to talk to hosts at once; gives the `FOLDER_IN_USE` when another program has it. */
export function tryTalk({ talking }: ClientFiles): FolderLock | ActivationError {
  try {
    mkdirSync(talking, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw fileError(error, 'write', talking)
  }
  return tryLock(talking)
}

/** Says whether a program of this machine is talking to a host. */
export function isTalking({ talking }: ClientFiles): boolean {
  return isLocked(talking)
}

const step = 10

function waitFor(dir: string): FolderLock {
  const end = performance.now() + patience
  for (;;) {
    const lock = tryLock(dir)
    if (!(lock instanceof ActivationError)) return lock
    if (performance.now() >= end) throw lock
    // The one way to wait without giving the thread away; whoever has the lock is another process.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, step)
  }
}

function tryLock(dir: string): FolderLock | ActivationError {
  try {
    return lockFolder(dir)
  } catch (error) {
    if (error instanceof ActivationError && error.code === 'FOLDER_IN_USE') return error
    throw error
  }
}
