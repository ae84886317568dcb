import type { KeptLicense } from '../folder/kept-license.ts'
import { withEvent } from '../folder/license-memory.ts'
import { type Store, writeStore } from '../folder/store.ts'
import { without } from '../folder/without.ts'
import type { Installation } from '../installation.ts'
import type { FoundHardware } from '../hardware/found-hardware.ts'
import { takeNewIdentity } from './new-identity.ts'

/**
 * Becomes another machine than the one that uses the same identity (rule 18). The hardware is the same, and with it the graces
 * (rule 37); whoever renews by itself asks at once. The folder's lock is held.
 */
export function becomeOtherThanTwin(
  installation: Installation,
  { settings, memory }: Store,
  found: FoundHardware,
): void {
  const licenses = [...memory.licenses].map(([id, { vendor, record }]): [string, KeptLicense] => {
    return [id, { vendor, record: without(record, 'hardwareChanged') }]
  })
  const told = { at: installation.now(), code: 'MACHINE_COPIED', text } as const
  writeStore(installation.files, { settings, memory: withEvent({ ...memory, licenses: new Map(licenses) }, told) })
  takeNewIdentity(installation, found)
}

const text =
  'the host has shown that another machine uses the same identity, so this one has made itself a new one; its product keys stay: ' +
  'prepare images with "volact client generalize" before they are copied'
