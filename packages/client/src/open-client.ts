import { performance } from 'node:perf_hooks'
import type { Catalog } from '@volact/core/catalog/catalog'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Duration, Instant } from '@volact/core/time'
import { parseRoot } from '@volact/core/x509/root'
import { StoredLeases } from './activation/stored-leases.ts'
import { Client } from './client.ts'
import { silent } from './folder/kept-file.ts'
import { openClientFolder, whileLocked } from './folder/open-client-folder.ts'
import { RunningClock } from './folder/running-clock.ts'
import { readSettings } from './folder/settings.ts'
import { currentTimes, readTimes, withLicense, writeTimes } from './folder/times.ts'
import { probeHardware } from './hardware-probe.ts'
import type { HardwareProbe } from './hardware/hardware-facts.ts'
import type { Installation } from './installation.ts'
import { installedProducts } from './installed-products.ts'
import { type TransportLimits, transportLimits } from './transport.ts'
import type { Vendor } from './vendors/vendor.ts'

export type { ActivateOptions, Client } from './client.ts'
export type { ActivationOutcome } from './activation/outcome.ts'
export type { ClientStatus } from './status.ts'

/** A vendor as a program has it compiled in: there is no option for files, which somebody could exchange (rule 11). */
export interface EmbeddedVendor {
  /** Certificates in DER. */
  readonly roots: readonly Uint8Array[]
  readonly policy: Catalog
}

export interface ClientSurroundings {
  /** The folder of this client's key, leases and memory. It is made when it is missing, unless `create` is false. */
  readonly dir: string
  readonly create?: boolean
  readonly now: () => Instant
  /** Seconds that have run since some moment, by a clock that nobody sets; the process's own where nothing is given. */
  readonly monotonic?: () => Duration
  readonly probe?: HardwareProbe
  readonly limits?: TransportLimits
}

export interface ClientOptions extends ClientSurroundings {
  readonly vendors: readonly EmbeddedVendor[]
}

/**
 * Opens the client of a product that embeds it. No state of a license and no damaged lease keeps it from opening, and no other
 * program at work on the folder; only a folder that cannot be used does, or a device key that is no key or is open to others.
 */
export function openClient({ vendors, ...surroundings }: ClientOptions): Promise<Client> {
  return openClientWith(surroundings, () =>
    vendors.map(({ roots, policy }) => ({ catalog: policy, roots: roots.map(parseRoot), protection: 'program' })),
  )
}

/** Opens a client whose vendors are read once its folder is known to be one. What is not used of them is noted. */
// eslint-disable-next-line @typescript-eslint/require-await -- A later client asks an agent of the machine here.
export async function openClientWith(
  {
    dir,
    create = true,
    now,
    monotonic = secondsRun,
    probe = probeHardware,
    limits = transportLimits,
  }: ClientSurroundings,
  readVendors: (note: (text: string) => void) => readonly Vendor[],
): Promise<Client> {
  const notes: string[] = []
  const folder = openClientFolder(dir, { create })
  const vendors = readVendors((text) => notes.push(text))
  const leases = new StoredLeases(folder.files, folder.machineId)
  const clock = new RunningClock(monotonic)
  const installation = { ...folder, vendors, leases, now, clock, probe, limits }
  keepTimes(installation)
  return new Client(installation, notes)
}

/**
 * Raises the mark of time, and begins the graces whose beginning was lost. Not worth waiting for: whoever has the folder in use
 * does the same.
 */
function keepTimes(installation: Installation): void {
  const { files, vendors, now } = installation
  const before = readTimes(files, silent)
  const raised = currentTimes(installation, silent)
  const products = installedProducts(vendors, readSettings(files, silent), silent)
  const begun = products.reduce((times, { expected }) => withLicense(times, expected.activationId, {}, now()), raised)
  // Time begins with the first key.
  if (products.length === 0) return
  const isKept = begun.licenses.size === before?.licenses.size
  if (isKept && raised.clock.mark - before.clock.mark < smallestStep) return
  try {
    whileLocked(files, () => {
      writeTimes(files, begun)
    })
  } catch (error) {
    if (!(error instanceof ActivationError) || error.code !== 'FOLDER_IN_USE') throw error
  }
}

/** A disk need not write for less. */
const smallestStep: Duration = 3_600

function secondsRun(): Duration {
  return Math.floor(performance.now() / 1_000)
}
