import { entryTime, parseEntry } from '@volact/core/document/ledger-entry'
import { readTakeOver, spareTerm, takeOverIndex } from '@volact/core/document/spare'
import type { Instant } from '@volact/core/time'
import type { Ledger } from '@volact/ledger/ledger'
import type { HostCertificate } from '../activation/host-certificate.ts'

/** A spare that is in use (rule 47). */
export interface SpareInUse {
  /** The log of the host that it stands in for. */
  readonly predecessor: Uint8Array
  /** The first second in which it grants nothing, unless the vendor has confirmed it. */
  readonly until: Instant
}

/** Reads from a ledger whether it is that of a spare which nobody has confirmed; nothing for every other host. */
export function spareInUse(
  { entitlement }: Pick<HostCertificate, 'entitlement'>,
  ledger: Pick<Ledger, 'entry'>,
): SpareInUse | undefined {
  const { spareFor } = entitlement
  return spareFor && { predecessor: spareFor, until: takenOver(ledger) + spareTerm }
}

/** One that never took over has no time left. */
function takenOver(ledger: Pick<Ledger, 'entry'>): Instant {
  const bytes = ledger.entry(takeOverIndex)
  const entry = bytes && parseEntry(bytes)
  return entry === undefined || readTakeOver(entry) === undefined ? -spareTerm : entryTime(entry)
}
