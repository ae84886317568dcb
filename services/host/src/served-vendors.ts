import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { compareHardware } from './activation/compare-hardware.ts'
import type { HostConfig } from './config/host-config.ts'
import { strangerSettings } from './config/limit-settings.ts'
import { hostFiles } from './folder/files.ts'
import { hostInformation } from './host-information.ts'
import type { HostOptions } from './host-options.ts'
import { diskRoom } from './metrics/disk-room.ts'
import type { HostServices } from './network/dispatch.ts'
import { productTableOf } from './network/product-table.ts'
import { remember } from './network/remember.ts'
import { type OpenedVendor, openVendors } from './open-host.ts'
import type { TimeSources } from './pipeline/clock.ts'
import type { ServiceObserver } from './pipeline/vendor-service.ts'
import { standingNotes } from './renewal/standing-notes.ts'
import { hostStatusOf } from './status.ts'
import { openDoor, type StrangersDoor } from './strangers/open-door.ts'
import { writtenBytes } from './strangers/written-bytes.ts'
import { verificationLimits } from './verification/limits.ts'
import { Verification } from './verification/verification.ts'
import { verifierFor } from './verification/verifier-for.ts'

/** What vendors are served with. */
export interface ServedVendorsOptions extends Pick<HostOptions, 'probe' | 'verification' | 'strangers' | 'fastWay'> {
  readonly dir: string
  readonly time: TimeSources
  /** As it is set by the time that it is asked. */
  readonly config: () => HostConfig
  readonly observer: ServiceObserver
  readonly note: (text: string) => void
}

/**
 * The vendors that a host serves, with what they share: the verification of signatures and the door for new identities. These stay while
 * the ledgers are closed for an act, and opened anew from what lies in the folder then.
 */
export class ServedVendors {
  readonly verification: Verification
  readonly door: StrangersDoor
  readonly #options: ServedVendorsOptions
  /** By vendor: until when it is served on other hardware than it has certified, as long as nobody has compared again (rule 36). */
  readonly #hardwareEnds = new Map<string, Instant | undefined>()
  #opened: readonly OpenedVendor[] = []
  #services: HostServices

  constructor(options: ServedVendorsOptions) {
    this.#options = options
    this.verification = new Verification(verifierFor(), { ...verificationLimits, ...options.verification })
    this.door = this.#openDoor()
    this.#services = this.#servicesOf([])
  }

  /** Those whose ledgers are open. */
  get opened(): readonly OpenedVendor[] {
    return this.#opened
  }

  /** What requests are answered with. */
  get services(): HostServices {
    return this.#services
  }

  /** Opens what lies in the folder, and serves it. */
  open(): void {
    const { dir, time, config, observer, fastWay } = this.#options
    this.#use(
      openVendors(dir, {
        ...{ verification: this.verification, strangers: this.door.strangers, time, observer },
        ...(fastWay && { fastWay }),
        ownIntervals: () => ({
          activation: config()['intervals.activation'],
          renewal: config()['intervals.renewal'],
        }),
      }),
    )
    for (const { service } of this.#opened) {
      if (service === undefined) continue
      service.log.signHead(service.clock.time())
      service.log.keepHead()
      service.start()
    }
    this.door.resume()
  }

  /** Opens what lies in the folder by now, on the hardware that was found before. */
  async openAnew(): Promise<void> {
    this.open()
    for (const { vendor, service } of this.#opened) service?.serveUntil(this.#hardwareEnds.get(vendor.id))
    await this.recordPools()
  }

  /** Answers what was accepted, and closes the ledgers. */
  async close(): Promise<void> {
    const closing = this.#opened
    this.#use([])
    for (const { vendor, service } of closing) this.#hardwareEnds.set(vendor.id, service?.hardwareEnd)
    for (const { service } of closing) await service?.close()
  }

  /** Tells what a person should know of each vendor, and compares this machine with the one that was certified (rule 36). */
  async tellStanding(): Promise<void> {
    const { time, probe, note } = this.#options
    const now = time.now()
    for (const opened of this.#opened) {
      standingNotes(opened, now).forEach(note)
      const other = probe && (await compareHardware(opened, probe, now))
      if (other !== undefined) note(other)
    }
  }

  /** Records what a crash has left out of the ledger, or somebody has changed in the file of the pools. */
  async recordPools(): Promise<void> {
    for (const { service } of this.#opened) {
      try {
        await service?.pools.reconcile(service.state.pools)
      } catch (error) {
        if (!(error instanceof ActivationError)) throw error
        this.#options.note(`the pools are not recorded in the ledger: ${error.message}`)
      }
    }
  }

  #use(opened: readonly OpenedVendor[]): void {
    this.#opened = opened
    this.#services = this.#servicesOf(opened)
  }

  #servicesOf(opened: readonly OpenedVendor[]): HostServices {
    const { now } = this.#options.time
    const services = opened.flatMap(({ service }) => service ?? [])
    return {
      products: productTableOf(opened),
      services,
      information: remember(
        () => [now(), ...services.map(({ log }) => log.ledger.size)].join(),
        () => hostInformation(hostStatusOf(opened), opened[0]?.service?.log.logId, now()),
      ),
    }
  }

  #openDoor(): StrangersDoor {
    const { dir, time, config, strangers, note } = this.#options
    const quota = config()['limits.disk-mb']
    return openDoor({
      ...{ ...time, note, limits: { ...strangerSettings(config()), ...strangers } },
      quota: quota === undefined ? undefined : quota * 1_000_000,
      measure: () => ({ used: this.#written(), free: diskRoom(dir)?.free }),
      services: () => this.#services.services,
    })
  }

  #written(): number {
    const ledgers = this.#opened.map(({ vendor }) => vendor.files.ledger)
    return writtenBytes(ledgers, hostFiles(this.#options.dir).index)
  }
}
