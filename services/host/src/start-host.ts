import { uuidToBytes } from '@volact/core/catalog/uuid'
import { ActivationError } from '@volact/core/errors/activation-error'
import { licenseStates } from '@volact/core/licensing/license-state'
import type { Duration, Instant } from '@volact/core/time'
import { encodeMessage } from '@volact/core/wire/message'
import type { HostInformationMessage } from '@volact/core/wire/host-information'
import { type ControlSocket, serveControl } from '@volact/files/control-socket'
import { openFolder } from '@volact/files/data-folder'
import { lockFolder } from '@volact/files/lock'
import type { HardwareProbe } from './activation/hardware.ts'
import { answerQuestion } from './control.ts'
import { hostFiles } from './folder/files.ts'
import { forkWarnings } from './index/fork-warning.ts'
import { HostIndex } from './index/host-index.ts'
import { withLatestForks } from './index/latest-forks.ts'
import { dispatch, type HostServices } from './network/dispatch.ts'
import { type FrameServer, listen, type ListenAddress } from './network/frame-server.ts'
import { networkLimits, type NetworkLimits } from './network/limits.ts'
import { remember } from './network/remember.ts'
import { isHardwareAsCertified, type OpenedVendor, openVendors } from './open-host.ts'
import * as refusals from './pipeline/refusals.ts'
import { type HostStatus, hostStatusOf, vendorStatusOf } from './status.ts'
import { hostVersion } from './version.ts'

export interface StartHostOptions {
  readonly dir: string
  readonly listen: ListenAddress
  readonly now: () => Instant
  /** Seconds that have run since some moment, whatever happens to the wall clock; a test with a clock of its own gives it, too. */
  readonly elapsed?: () => Duration
  /** Compares the hardware with the certified one; without it nothing is compared. */
  readonly probe?: HardwareProbe
  readonly limits?: Partial<NetworkLimits>
  /** Is told what a person should know, a sentence each. */
  readonly onNote?: (text: string) => void
}

/** A host that serves. */
export interface RunningHost {
  /** `HOST:PORT` */
  readonly address: string
  status(): HostStatus
  /** Answers what was asked, and gives folder and port free. */
  close(): Promise<void>
}

/** Serves the folder of a host: design §4. `FOLDER_IN_USE`, `PORT_IN_USE`, or what is wrong with the folder. */
export async function startHost(options: StartHostOptions): Promise<RunningHost> {
  const { path } = openFolder(options.dir, 'host')
  const lock = lockFolder(path)
  const host = new Host(options, path)
  try {
    await host.start()
    return {
      address: host.address,
      status: () => host.status(),
      close: async () => {
        await host.close()
        lock.release()
      },
    }
  } catch (error) {
    await host.close()
    lock.release()
    throw error
  }
}

/** The parts of a running host, opened in this order and closed in the reverse one. */
class Host {
  readonly #options: StartHostOptions
  readonly #dir: string
  #index: HostIndex | undefined
  #vendors: readonly OpenedVendor[] = []
  #server: FrameServer | undefined
  #control: ControlSocket | undefined

  constructor(options: StartHostOptions, dir: string) {
    this.#options = options
    this.#dir = dir
  }

  get address(): string {
    return this.#server?.address ?? ''
  }

  async start(): Promise<void> {
    const { now, elapsed = monotonic, probe } = this.#options
    this.#index = await HostIndex.open(hostFiles(this.#dir).index, this.#note)
    this.#vendors = openVendors(this.#dir, {
      time: { now, elapsed },
      observe: (vendor) => ({
        note: this.#note,
        committed: (entries) => {
          if (this.#index !== undefined) this.#index.add(vendor, entries)
          else for (const warning of forkWarnings(vendor, entries)) this.#note(warning)
        },
      }),
    })
    for (const { vendor, service } of this.#vendors) {
      if (service === undefined) continue
      service.log.signHead(service.clock.time())
      service.log.keepHead()
      await this.#index?.catchUp(vendor.id, service.log)
    }
    if (probe !== undefined) await this.#compareHardware(probe)
    await this.#recordPools()
    this.#server = await this.#listen()
    const toAsk = { vendors: this.#vendors, status: () => withLatestForks(this.status(), this.#index) }
    this.#control = await serveControl(this.#dir, async (question) => answerQuestion(question, toAsk))
  }

  status(): HostStatus {
    const vendors = this.#vendors.map(({ vendor, service }) => vendorStatusOf(vendor, service))
    return hostStatusOf(vendors, this.address)
  }

  async close(): Promise<void> {
    await this.#control?.close()
    await this.#server?.close()
    for (const { service } of this.#vendors) await service?.close()
    await this.#index?.close()
  }

  readonly #note = (text: string): void => {
    this.#options.onNote?.(text)
  }

  #listen(): Promise<FrameServer> {
    const services = this.#services()
    return listen(this.#options.listen, {
      limits: { ...networkLimits, ...this.#options.limits },
      respond: (message) => dispatch(message, services),
      refuse: (error) => {
        if (error.code !== 'FOREIGN_PROTOCOL') return encodeMessage(refusals.ofError(error))
        this.#note(error.message)
        return undefined
      },
    })
  }

  #services(): HostServices {
    const owners = new Map(
      this.#vendors.flatMap(({ vendor, service }) =>
        vendor.pack.catalog.products.map(({ activationId }) => [activationId, { vendor: vendor.id, service }] as const),
      ),
    )
    return {
      ownerOf: (activationId) => owners.get(activationId),
      services: this.#vendors.flatMap(({ service }) => (service === undefined ? [] : [service])),
      information: remember(
        () => [this.#options.now(), ...this.#vendors.map(({ service }) => service?.log.ledger.size)].join(),
        () => this.#information(),
      ),
    }
  }

  /** Of the first vendor, if there are several: the message has room for one. */
  #information(): HostInformationMessage {
    const { state, vendor, served, applications } = this.status()
    const logId = this.#vendors[0]?.service?.log.logId
    return {
      kind: 'host-information',
      vendor: vendor?.id ?? '',
      state: licenseStates[state].number,
      ...(logId && { logId }),
      groups: served.map(({ group, generation }) => ({ group, generation })),
      counts: applications.map(({ id, reportedCount }) => ({ application: uuidToBytes(id), count: reportedCount })),
      version: hostVersion,
      time: this.#options.now(),
    }
  }

  async #compareHardware(probe: HardwareProbe): Promise<void> {
    for (const opened of this.#vendors) {
      if (await isHardwareAsCertified(opened, probe)) continue
      this.#note(`this is other hardware than ${opened.vendor.id} has certified: activate the host again`)
    }
  }

  /** What a crash has left out, or somebody has changed in the file. */
  async #recordPools(): Promise<void> {
    for (const { service } of this.#vendors) {
      try {
        await service?.pools.reconcile(service.state.pools)
      } catch (error) {
        if (!(error instanceof ActivationError)) throw error
        this.#note(`the pools are not recorded in the ledger: ${error.message}`)
      }
    }
  }
}

function monotonic(): Duration {
  return performance.now() / 1_000
}
