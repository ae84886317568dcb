import { silent } from '../folder/kept-file.ts'
import { readStore } from '../folder/store.ts'
import { settleIdentity } from '../identity/settle.ts'
import type { Installation } from '../installation.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import type { Verifying } from './conversation.ts'
import { describeMachine, findHardware } from './machine.ts'

/**
 * Finds out who asks for a product: the machine, the identity that it has once the hardware has been looked at, and what it remembers. Who
 * wants to know what of that was ignored asks for the status, which says it.
 */
export async function whoAsks(installation: Installation, sold: SoldProduct): Promise<Verifying> {
  const found = await findHardware(installation)
  settleIdentity(installation, found)
  const machine = await describeMachine(installation, sold.vendor)
  const { key } = installation.identity
  const store = readStore(installation, silent)
  const stored = installation.leases.read(sold, silent)
  return { installation, sold, found, machine, key, store, stored, note: silent }
}
