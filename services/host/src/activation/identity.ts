import { parseEntry } from '@volact/core/document/ledger-entry'
import { ActivationError } from '@volact/core/errors/activation-error'
import { leafHash } from '@volact/core/transparency/node-hash'
import type { Ledger } from '@volact/ledger/ledger'
import type { HostIdentity } from './host-certificate.ts'

/** Reads from entry 0 of a ledger whose it is (rule 7). */
export function identityOf(ledger: Ledger): HostIdentity {
  const bytes = ledger.entry(0)
  if (bytes === undefined) throw new ActivationError('LEDGER_DAMAGED', 'entry 0 of the ledger is not there')
  const entry = parseEntry(bytes)
  if (entry.kind === 'host-activation') return { logId: leafHash(bytes), entry }
  throw new ActivationError('LEDGER_DAMAGED', `entry 0 of the ledger is a ${entry.kind}, not the activation of a host`)
}
