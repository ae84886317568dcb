import type { Instant } from '@volact/core/time'
import type { StoredLeases } from './activation/stored-leases.ts'
import type { ClientFolder } from './folder/open-client-folder.ts'
import type { RunningClock } from './folder/running-clock.ts'
import type { HardwareProbe } from './hardware/hardware-facts.ts'
import type { TransportLimits } from './transport.ts'
import type { Vendor } from './vendors/vendor.ts'

/** Everything that a client works with. */
export interface Installation extends ClientFolder {
  readonly vendors: readonly Vendor[]
  readonly leases: StoredLeases
  readonly now: () => Instant
  readonly clock: RunningClock
  readonly probe: HardwareProbe
  readonly limits: TransportLimits
}
