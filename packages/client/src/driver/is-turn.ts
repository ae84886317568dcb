import { ActivationError } from '@volact/core/errors/activation-error'
import type { ClientFiles } from '../folder/client-files.ts'
import { tryTalk } from '../folder/store-lock.ts'

/** Whether nobody on this machine is asking a host right now: another program that is asks for this one, too. */
export function isTurn(files: ClientFiles): boolean {
  try {
    const turn = tryTalk(files)
    if (turn instanceof ActivationError) return false
    turn.release()
  } catch (error) {
    // What is in the way of the lock is in the way of the attempt, which says so.
    if (!(error instanceof ActivationError)) throw error
  }
  return true
}
