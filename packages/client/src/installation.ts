import type { Signer } from '@volact/core/crypto'
import type { PoolToken } from '@volact/core/document/pool-token'
import type { StoredLeases } from './activation/stored-leases.ts'
import type { StoreKeeper } from './folder/store.ts'
import type { HardwareProbe } from './hardware/hardware-facts.ts'
import type { Identity } from './identity/identity.ts'
import type { DirectoryActivation } from './discovery/directory-activation.ts'
import type { NetworkProbe } from './discovery/network-facts.ts'
import type { PolicyState } from './policy/policy.ts'
import type { TransportLimits } from './transport.ts'
import type { Vendor } from './vendors/vendor.ts'

/** Everything that a client works with. */
export interface Installation extends StoreKeeper {
  readonly identity: Identity
  /** The device key of now. */
  readonly signer: Signer
  /** Its thumbprint, 32 bytes (rule 34). */
  readonly machineId: Uint8Array
  readonly vendors: readonly Vendor[]
  readonly leases: StoredLeases
  readonly probe: HardwareProbe
  readonly limits: TransportLimits
  /** The administrator's policy as it is now. */
  readonly readPolicy: () => PolicyState
  readonly network: NetworkProbe
  /** Asked before any host, where there is one. */
  readonly directory?: DirectoryActivation
  /** The token of the pool that this machine belongs to, where it is an ephemeral one (rule 38). */
  readonly pool?: PoolToken
  /** The product that the program is which has opened the folder, where it has said so. */
  readonly own?: OwnProduct
  /** What is due when the client is closed. */
  readonly farewell?: () => Promise<void>
}

/** The product that a program is itself, by the setup key that it brings along. */
export interface OwnProduct {
  /** Its activation ID. */
  readonly id: string
  /** Activation IDs of all its editions, of which a machine has one. */
  readonly editions: readonly string[]
}
