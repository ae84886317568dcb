import { performance } from 'node:perf_hooks'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Duration, Instant } from '@volact/core/time'
import { releaseAll } from './activation/release-all.ts'
import { StoredLeases } from './activation/stored-leases.ts'
import { Client } from './client.ts'
import type { DirectoryActivation } from './discovery/directory-activation.ts'
import type { NetworkProbe } from './discovery/network-facts.ts'
import { probeNetwork } from './discovery/probe-network.ts'
import type { ClientFiles } from './folder/client-files.ts'
import type { Note } from './folder/kept-file.ts'
import { openClientFolder } from './folder/open-client-folder.ts'
import { RunningClock } from './folder/running-clock.ts'
import { probeHardware } from './hardware-probe.ts'
import type { HardwareProbe } from './hardware/hardware-facts.ts'
import { type EphemeralOptions, moveIn, type Stay, temporaryHome } from './identity/ephemeral.ts'
import type { Identity } from './identity/identity.ts'
import { openIdentity } from './identity/open-identity.ts'
import type { Installation } from './installation.ts'
import { keepHouse } from './keep-house.ts'
import { poolByPolicy } from './policy/pool-by-policy.ts'
import { type PolicyPlace, systemPolicy } from './policy/policy-place.ts'
import { policyReader } from './policy/read-policy.ts'
import { installOwnKey, ownProduct } from './sdk/own-product.ts'
import { type TransportLimits, transportLimits } from './transport.ts'
import { webByPolicy } from './web/web-by-policy.ts'
import { type EmbeddedVendor, embeddedVendors } from './vendors/embedded-vendors.ts'
import type { Vendor } from './vendors/vendor.ts'

export type { ActivateOptions, Client } from './client.ts'
export type { ActivationOutcome } from './activation/outcome.ts'
export type { ClientStatus } from './status.ts'
export { type EmbeddedVendor, embeddedVendors } from './vendors/embedded-vendors.ts'

export interface ClientSurroundings {
  /**
   * The folder of this client's key, leases and memory. It is made when it is missing, unless `create` is false. An ephemeral
   * machine needs none, and then gets one that goes with it.
   */
  readonly dir?: string
  readonly create?: boolean
  readonly now: () => Instant
  /** Seconds that have run since some moment, by a clock that nobody sets; the process's own where nothing is given. */
  readonly monotonic?: () => Duration
  readonly probe?: HardwareProbe
  readonly limits?: TransportLimits
  /** The setup key that a program brings along for its own product: installed at its first start, and what is meant where no product is named. */
  readonly setupKey?: string
  /** For a machine without a persistent store, which belongs to a pool (rule 38). */
  readonly ephemeral?: EphemeralOptions
  /** Where the domains of this machine are read, in which hosts are looked for. */
  readonly network?: NetworkProbe
  /** Asked for an activation before any host. */
  readonly directory?: DirectoryActivation
}

export interface ClientOptions extends ClientSurroundings {
  readonly vendors: readonly EmbeddedVendor[]
}

/**
 * Opens the client of a product that embeds it. No state of a license and no damaged lease keeps it from opening, and no other
 * program at work on the folder; only a folder that cannot be used does, or a device key that is no key or is open to others.
 */
export function openClient({ vendors, ...surroundings }: ClientOptions): Promise<Client> {
  // The policy is the administrator's: no program that embeds this client can name another place for it (rule 11).
  return openClientWith({ ...surroundings, policy: systemPolicy(process.platform) }, () => embeddedVendors(vendors))
}

/** Where a client that commands use may look for the policy: the system's own place, but in tests and in the lab. */
export interface PolicyOption {
  readonly policy?: PolicyPlace
}

/**
 * Opens a client whose vendors are read once its folder is known to be one. What is not used of them is noted. `USAGE` where there is
 * no folder.
 */
export async function openClientWith(
  { dir, create = true, ephemeral, setupKey, ...surroundings }: ClientSurroundings & PolicyOption,
  readVendors: (note: Note) => readonly Vendor[],
): Promise<Client> {
  const [notes, lost]: [string[], string[]] = [[], []]
  const home = dir ?? homeOf(ephemeral)
  const files = openClientFolder(home, { create, note: (text) => lost.push(text) })
  const vendors = readVendors((text) => notes.push(text))
  const identity = openIdentity(files, (text) => lost.push(text))
  const own = setupKey === undefined ? undefined : ownProduct(vendors, setupKey)
  const base = Object.assign(install(files, identity, vendors, surroundings), own && { own })
  const pool = ephemeral ?? poolByPolicy(base.readPolicy())
  const stay = pool && moveIn(base, pool, dir === undefined)
  const installation = stay === undefined ? base : withStay(base, stay)
  await keepHouse(installation, lost, (text) => notes.push(text))
  if (setupKey !== undefined) installOwnKey(installation, setupKey, (text) => notes.push(text))
  return new Client(installation, notes)
}

function homeOf(ephemeral: EphemeralOptions | undefined): string {
  if (ephemeral !== undefined) return temporaryHome()
  throw new ActivationError('USAGE', 'a client needs a folder: name one')
}

/** Not by spreading: who the machine is would stand still. */
function withStay(installation: Installation, { pool, ends, leave }: Stay): Installation {
  return Object.assign(installation, {
    pool,
    farewell: async () => {
      if (ends) await releaseAll(installation)
      leave()
    },
  })
}

/** Puts together what a client works with; who it is may change while it is open. */
function install(
  files: ClientFiles,
  identity: Identity,
  vendors: readonly Vendor[],
  {
    now,
    monotonic = secondsRun,
    probe = probeHardware,
    limits = transportLimits,
    network = probeNetwork,
    directory,
    policy = systemPolicy(process.platform),
  }: Omit<ClientSurroundings, 'dir'> & PolicyOption,
): Installation {
  const readPolicy = policyReader(policy)
  return {
    ...{ files, identity, vendors, now, probe, network },
    ...(directory && { directory }),
    readPolicy,
    get limits() {
      return { ...limits, web: webByPolicy(readPolicy(), limits.web) }
    },
    clock: new RunningClock(monotonic),
    leases: new StoredLeases(files, identity),
    get signer() {
      return identity.key.signer
    },
    get machineId() {
      return identity.key.machineId
    },
  }
}

function secondsRun(): Duration {
  return Math.floor(performance.now() / 1_000)
}
