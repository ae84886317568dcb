import type { Duration } from '@volact/core/time'
import { ActsInTurn } from './acts-in-turn.ts'
import { AdminDesk } from './admin/admin-desk.ts'
import { type AdminServer, startAdmin } from './admin/admin-server.ts'
import { type ChangedSettings, reloadText } from './config/changed-settings.ts'
import { networkSettings } from './config/limit-settings.ts'
import { applyPriority } from './config/priority.ts'
import { RunningSettings } from './config/running-settings.ts'
import { openControlDesk } from './control-desk.ts'
import type { DnsDesk } from './dns/desk.ts'
import { openHostDns } from './dns/host-dns.ts'
import { hostFiles } from './folder/files.ts'
import { type HostFigures, hostFigures } from './host-figures.ts'
import { HostLedgers } from './host-ledgers.ts'
import type { HostOptions } from './host-options.ts'
import { Listeners } from './listeners.ts'
import type { LogEvent } from './logs/log-event.ts'
import { hostMetrics } from './metrics/host-metrics.ts'
import { networkLimits } from './network/limits.ts'
import type { TimeSources } from './pipeline/clock.ts'
import { Reception } from './reception.ts'
import { StandStill } from './stand-still.ts'
import { type HostStatus, hostStatusOf } from './status.ts'
import { hostVersion } from './version.ts'

/** The parts of a running host, opened in the order of `start` and closed in the reverse one. */
export class Host {
  readonly #dir: string
  readonly #options: HostOptions
  readonly #time: TimeSources
  readonly #settings: RunningSettings
  readonly #ledgers: HostLedgers
  readonly #still: StandStill
  readonly #reception: Reception
  readonly #listeners: Listeners
  readonly #acts = new ActsInTurn()
  readonly #closing: (() => unknown)[] = []
  #dns: DnsDesk | undefined
  #admin: AdminServer | undefined

  /** Reads the settings; opens nothing yet. */
  constructor(dir: string, options: HostOptions) {
    const { now, elapsed = monotonic, settings } = options
    this.#dir = dir
    this.#options = options
    this.#time = { now, elapsed }
    this.#settings = new RunningSettings(settings)
    const { config, retention } = this.#settings
    const [time, say, note] = [this.#time, this.#say, this.#note]
    this.#ledgers = new HostLedgers({ ...options, dir, time, config, retention, say, note })
    this.#still = new StandStill(this.#ledgers)
    this.#reception = new Reception({ turnstile: this.#still.turnstile, vendors: this.#ledgers.vendors, now, note })
    this.#listeners = this.#makeListeners()
  }

  get address(): string {
    return this.#listeners.address
  }

  get adminAddress(): string | undefined {
    return this.#admin?.address
  }

  get httpsAddress(): string | undefined {
    return this.#listeners.httpsAddress
  }

  async start(): Promise<void> {
    this.#takePriority()
    await this.#openLedgers()
    await this.#openListeners()
    // No sooner: where there is one core, its thread would take the start's time.
    this.#ledgers.startIndex()
    this.#ledgers.startCare()
    this.#closing.push(() => this.#ledgers.closeCare())
    const dns = this.#openDns()
    await this.#openAdmin(dns)
    await this.#openControl(dns)
    this.#say({ level: 'info', event: 'started', text: `the host serves on ${this.address}` })
  }

  /** Closes every part, whatever becomes of another one; throws what went wrong first. */
  async close(): Promise<void> {
    await this.#acts.end()
    const failures: unknown[] = []
    for (const close of this.#closing.splice(0).toReversed()) {
      try {
        await close()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }

  reload(): Promise<ChangedSettings> {
    return this.#acts.do(async () => {
      const { loaded, changed } = this.#settings.readAgain()
      // First what may fail, so that nothing is taken where anything is wrong.
      await this.#listeners.use(loaded.config, changed.taken.includes('listen') ? 'moves' : 'stays')
      this.#settings.use(loaded)
      if (changed.taken.includes('priority')) this.#takePriority()
      await this.#options.log?.use(loaded.config)
      this.#dns?.use(loaded.dns)
      this.#say({ level: 'info', event: 'reloaded', text: reloadText(changed) })
      return changed
    })
  }

  status(): HostStatus {
    const { address, httpsAddress, adminAddress } = this
    const { opened, door } = this.#ledgers.vendors
    return hostStatusOf(opened, {
      address,
      ...(httpsAddress !== undefined && { httpsAddress }),
      ...(adminAddress !== undefined && { adminAddress }),
      newcomers: door.figures(),
    })
  }

  figures(): HostFigures {
    const { vendors, index } = this.#ledgers
    return hostFigures(vendors.opened, vendors.verification, this.#listeners, index.status().behind)
  }

  #takePriority(): void {
    const { config, from } = this.#settings.loaded
    // Nothing is done where nothing is set: whoever started the process may have chosen another.
    const problem = from.has('priority') ? applyPriority(config.priority) : undefined
    if (problem !== undefined) this.#note(problem)
  }

  /** Verification is closed behind the vendors, whose last answers may wait for it, and the index behind all that it is told of. */
  async #openLedgers(): Promise<void> {
    const { vendors, index } = this.#ledgers
    this.#closing.push(() => index.close())
    this.#closing.push(() => vendors.verification.close())
    vendors.verification.start()
    this.#closing.push(() => vendors.close())
    vendors.open()
    await vendors.tellStanding()
    await vendors.recordPools()
  }

  async #openListeners(): Promise<void> {
    this.#closing.push(() => this.#listeners.close())
    // First of all: who waits for his turn is told to come again.
    this.#closing.push(() => {
      this.#ledgers.vendors.door.close()
    })
    await this.#listeners.open(this.#settings.config())
  }

  #openDns(): DnsDesk {
    const { vendors, event } = this.#ledgers
    const dns = openHostDns({
      ...{ dir: this.#dir, settings: this.#settings.loaded.dns, now: this.#time.now, note: this.#note, event },
      address: () => this.address,
      vendors: () => vendors.opened,
    })
    dns.start()
    this.#dns = dns
    this.#closing.push(() => dns.close())
    return dns
  }

  async #openAdmin(dns: DnsDesk): Promise<void> {
    const where = this.#settings.config()['admin.listen']
    if (where === 'off') return
    const { vendors, observer } = this.#ledgers
    const desk = new AdminDesk({
      ...{
        dir: this.#dir,
        ...this.#time,
        version: hostVersion,
        config: this.#settings.config,
        status: () => this.status(),
      },
      requests: () => this.#reception.requests,
      more: hostMetrics({
        ...{ elapsed: this.#time.elapsed, vendors, dns, refusals: observer.counts, index: hostFiles(this.#dir).index },
        figures: () => this.figures(),
      }),
    })
    const admin = await startAdmin(where, desk)
    this.#admin = admin
    this.#closing.push(() => admin.close())
  }

  async #openControl(dns: DnsDesk): Promise<void> {
    const { vendors, index } = this.#ledgers
    const control = await openControlDesk({
      ...{ dir: this.#dir, now: this.#time.now, probe: this.#options.probe, say: this.#say },
      ...{ vendors, index, dns, acts: this.#acts, still: this.#still },
      status: () => this.status(),
      reload: () => this.reload(),
    })
    this.#closing.push(() => control.close())
  }

  #makeListeners(): Listeners {
    const { listen, limits } = this.#options
    const { arrived, respond, refuse } = this.#reception
    return new Listeners({
      ...{ dir: this.#dir, ...(listen !== undefined && { listen }) },
      limits: { ...networkLimits, ...networkSettings(this.#settings.config()), ...limits },
      ...{ arrived, respond, refuse },
    })
  }

  readonly #note = (text: string): void => {
    this.#options.onNote?.(text)
    this.#say({ level: 'warning', event: 'note', text })
  }

  readonly #say = (event: LogEvent): void => {
    this.#options.log?.write(event)
  }
}

function monotonic(): Duration {
  return performance.now() / 1_000
}
