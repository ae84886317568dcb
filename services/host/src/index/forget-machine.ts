import { fromHex } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { IndexDesk } from './index-desk.ts'

/** What was erased of a machine, and what stays. */
export interface ForgottenMachine {
  readonly vendor: string
  readonly machine: string
  /** Entries whose bytes, requests and details are gone; their leaf hashes stay in the ledger, so that every proof holds (rule 31). */
  readonly entries: number
}

/** The service of a vendor, as far as it forgets machines. */
export interface ForgetfulService {
  /** Forgets a machine in memory, appends `forgotten` with the indexes, and erases the bytes of these entries and what lies beside them. */
  forget(machine: Uint8Array, entries: readonly number[]): Promise<void>
}

/** Which machine is to be forgotten: a vendor's, by its whole ID in hexadecimal digits. */
export interface MachineToForget {
  readonly vendor: string
  readonly machine: string
}

/**
 * Erases a machine from the ledger, from memory and from the index: the record first, because the index can be made anew from it.
 * `USAGE` for no machine ID; what keeps a file from being erased is thrown, and the same command goes on from there.
 */
export async function forgetMachine(
  service: ForgetfulService,
  index: IndexDesk,
  { vendor, machine }: MachineToForget,
): Promise<ForgottenMachine> {
  if (!/^[0-9a-f]{64}$/.test(machine)) throw new ActivationError('USAGE', `"${machine}" is no whole machine ID`)
  await index.sync()
  // The answer to this question is of this type.
  const entries = (await index.ask({ verb: 'entries-of', vendor, machine })) as readonly number[]
  await service.forget(fromHex(machine), entries)
  await index.ask({ verb: 'erase', vendor, machine, entries })
  return { vendor, machine, entries: entries.length }
}
