import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { askHost } from '../ask-host.ts'
import { findMachine, type FoundMachine } from './find-machine.ts'
import type { ForgottenMachine } from './forget-machine.ts'
import { withIndexOf } from './with-index.ts'

export interface ForgetOptions {
  readonly now: () => Instant
  readonly vendor?: string
}

/**
 * Finds the machine that a text means. A whole ID needs no index: who asks for the rest to be erased of a machine that the index has
 * forgotten already must name the vendor.
 */
export async function findInIndex(dir: string, text: string, { now, vendor }: ForgetOptions): Promise<FoundMachine> {
  try {
    return await withIndexOf(dir, { now }, ({ db }) => findMachine(db, text, vendor))
  } catch (error) {
    const isWhole = /^[0-9a-f]{64}$/i.test(text) && vendor !== undefined
    if (!isWhole || !(error instanceof ActivationError)) throw error
    return { vendor, machine: text.toLowerCase(), name: '' }
  }
}

/** Erases a machine from every file of a host, running or not (rule 31). */
export function forget(
  dir: string,
  { vendor, machine }: FoundMachine,
  { now }: Pick<ForgetOptions, 'now'>,
): Promise<ForgottenMachine> {
  return askHost(dir, { verb: 'machine-forget', vendor, machine }, { now })
}
