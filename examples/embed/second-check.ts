// A second check for what is worth it: in another place, by another way, from the signed file itself.
import { type EmbeddedVendor, type ProductClient, verifyLeaseFile } from '@volact/client'

/** Says whether a lease that is really this machine's unlocks a feature. Without a lease, so in grace, nothing is unlocked. */
export function isUnlocked(client: ProductClient, vendor: EmbeddedVendor, feature: string): boolean {
  const { licensed, machineId, expires } = client.license()
  if (!licensed) return false
  const lease = verifyLeaseFile(client.exportLease(), vendor)
  return lease.machineId === machineId && lease.expires === expires && lease.features.includes(feature)
}
