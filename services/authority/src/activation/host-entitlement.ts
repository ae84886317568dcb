import type { Catalog } from '@volact/core/catalog/catalog'
import { coveredGroups } from '@volact/core/catalog/key-groups'
import type { Entitlement } from '@volact/core/document/entitlement'
import type { KeyTerms } from '../keys/key-terms.ts'
import type { HostActivationEntry } from '@volact/core/document/plain-entry'

/** A host key's part in an entitlement. */
export interface EntitlingKey {
  readonly serial: number
  readonly group: number
  readonly customer: string
  readonly terms: KeyTerms
}

/** Whose certificate it is: the log, and what its entry 0 has fixed. */
export interface EntitledLog {
  readonly logId: Uint8Array
  readonly entry: Pick<HostActivationEntry, 'recoveryKey' | 'noteKey' | 'hardware' | 'predecessor'>
}

/** Says what a host may do: the key's terms, with the hierarchy of groups resolved, for this one log (rules 5 and 7). */
export function hostEntitlement(key: EntitlingKey, catalog: Catalog, { entry, logId }: EntitledLog): Entitlement {
  const { terms, customer, serial } = key
  const { environment, intervals, quantity, aboveQuantity, maxMachines, features, agreementEnds, weakCounts } = terms
  return {
    ...{ customer, environment, serial, logId },
    groups: coveredGroups(catalog, key.group).map(({ number }) => ({ group: number, generation: terms.generation })),
    thresholds: new Map(Object.entries(terms.thresholds)),
    ...(intervals && { intervals }),
    ...(quantity !== undefined && { quantity }),
    ...(maxMachines !== undefined && { maxMachines }),
    ...{ aboveQuantity, features, agreementEnds, weakCounts },
    ...{ recoveryKey: entry.recoveryKey, noteKey: entry.noteKey, hardware: entry.hardware },
    attested: false,
    ...(entry.predecessor && { spareFor: entry.predecessor.logId }),
  }
}
