import type { Retention } from '@volact/ledger/retain'
import { hostFiles } from './folder/files.ts'
import type { HostOptions } from './host-options.ts'
import { failedStart } from './index/failed-start.ts'
import type { HostEvent } from './index/host-event.ts'
import { HostIndex } from './index/host-index.ts'
import { indexedVendors } from './index/index-vendor.ts'
import { type LedgerCare, openLedgerCare } from './ledger-care.ts'
import type { Log } from './logs/log-event.ts'
import { RefusalCounts } from './metrics/refusal-counts.ts'
import { ServedVendors, type ServedVendorsOptions } from './served-vendors.ts'
import type { LedgerWork } from './stand-still.ts'

/** What the ledgers of a host are opened with. */
export interface HostLedgersOptions extends Omit<ServedVendorsOptions, 'observer'>, Pick<HostOptions, 'index'> {
  /** As it is set by the time that it is asked. */
  readonly retention: () => Retention
  readonly say: Log
}

/**
 * All that works on the ledgers of a running host: the vendors that are served from them, the index behind them, and the care for them. Who
 * runs the host opens and closes each in its place; for an act they are closed and opened anew together.
 */
export class HostLedgers implements LedgerWork {
  readonly index: HostIndex
  /** What the vendors tell on its way to the index. */
  readonly observer: RefusalCounts
  readonly vendors: ServedVendors
  readonly #options: HostLedgersOptions
  #care: LedgerCare | undefined

  constructor(options: HostLedgersOptions) {
    const { dir, time, note, retention } = options
    this.#options = options
    this.index = new HostIndex({ path: hostFiles(dir).index, now: time.now, note, retention })
    this.observer = new RefusalCounts(this.index)
    this.vendors = new ServedVendors({ ...options, observer: this.observer })
  }

  /** Starts the index, unless it is left out: in a thread of its own, for which nothing waits. */
  startIndex(): void {
    if (this.#options.index !== 'off') this.index.start(indexedVendors(this.vendors.opened))
  }

  restIndex(): Promise<void> {
    return this.index.rest()
  }

  startCare(): void {
    const { dir, time, note, retention } = this.#options
    const { now } = time
    this.#care = openLedgerCare(dir, () => this.vendors.opened, { now, note, retention, event: this.event })
    this.#care.start()
  }

  async closeCare(): Promise<void> {
    await this.#care?.close()
  }

  async close(): Promise<void> {
    this.vendors.door.strangers.sendAllAway()
    await this.closeCare()
    await this.vendors.close()
  }

  async open(): Promise<void> {
    await this.vendors.openAnew()
    this.index.follow(indexedVendors(this.vendors.opened))
    this.startCare()
  }

  failed(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error)
    const text = `the host serves nobody until it is started again: ${why}`
    this.#options.say({ level: 'error', event: 'open-failed', text })
    this.event(failedStart(error))
  }

  compare(): Promise<void> {
    return this.vendors.tellStanding()
  }

  /** Is handed on by itself, without its object. */
  readonly event = (event: HostEvent): void => {
    this.index.event(event)
  }
}
