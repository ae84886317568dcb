import { ActivationError } from '@volact/core/errors/activation-error'
import type { Duration, Instant } from '@volact/core/time'
import { encodeMessage } from '@volact/core/wire/message'
import type { Certificate } from '@volact/core/x509/certificate'
import { serveControl } from '@volact/files/control-socket'
import { openFolder } from '@volact/files/data-folder'
import { lockFolder } from '@volact/files/lock'
import { requireOwnFolder } from '@volact/files/own-folder'
import type { Retention } from '@volact/ledger/retain'
import { compareHardware } from './activation/compare-hardware.ts'
import type { HardwareProbe } from './activation/hardware.ts'
import { standingNotes } from './renewal/standing-notes.ts'
import { AdminDesk } from './admin/admin-desk.ts'
import { type AdminServer, startAdmin } from './admin/admin-server.ts'
import { type ChangedSettings, changedSettings, reloadText } from './config/changed-settings.ts'
import { type LoadedConfig, usualSettings } from './config/load-config.ts'
import { applyPriority } from './config/priority.ts'
import { retentionSettings } from './config/retention-settings.ts'
import { networkSettings, strangerSettings } from './config/limit-settings.ts'
import { CertificateActs } from './certificate-acts.ts'
import { answerQuestion, worksOnLedgers } from './control.ts'
import { answerDns } from './dns/ask-dns.ts'
import type { DnsDesk } from './dns/desk.ts'
import { openHostDns } from './dns/host-dns.ts'
import { hostFiles } from './folder/files.ts'
import { type HostFigures, hostFigures } from './host-figures.ts'
import { hostInformation } from './host-information.ts'
import { failedStart, recordFailedStart } from './index/failed-start.ts'
import type { HostEvent } from './index/host-event.ts'
import { HostIndex } from './index/host-index.ts'
import { indexedVendors } from './index/index-vendor.ts'
import { withIndex } from './index/latest-forks.ts'
import { Listeners } from './listeners.ts'
import { ForeignClients } from './logs/foreign-clients.ts'
import { putKey } from './install-key.ts'
import { type InstalledPack, installOffer, type PackOffer } from './install-pack.ts'
import { type LedgerCare, openLedgerCare } from './ledger-care.ts'
import type { LogSettings } from './logs/host-logger.ts'
import type { Log, LogEvent } from './logs/log-event.ts'
import { RefusalCounts } from './metrics/refusal-counts.ts'
import { diskRoom } from './metrics/disk-room.ts'
import { doorMetrics } from './metrics/door-metrics.ts'
import { sizeMetrics } from './metrics/size-metrics.ts'
import { slackMetrics } from './metrics/slack-metrics.ts'
import { dnsMetrics, trafficMetrics } from './metrics/traffic-metrics.ts'
import { gauge } from './metrics/vendor-metrics.ts'
import { dispatch, type HostServices } from './network/dispatch.ts'
import type { ListenAddress } from './network/frame-server.ts'
import { networkLimits, type NetworkLimits } from './network/limits.ts'
import { productTableOf } from './network/product-table.ts'
import { remember } from './network/remember.ts'
import { type OpenedVendor, openVendors } from './open-host.ts'
import * as refusals from './pipeline/refusals.ts'
import { StandStill } from './stand-still.ts'
import { type HostStatus, hostStatusOf, vendorStatusOf } from './status.ts'
import type { StrangerLimits } from './strangers/limits.ts'
import { openDoor, type StrangersDoor } from './strangers/open-door.ts'
import { writtenBytes } from './strangers/written-bytes.ts'
import { type VerificationLimits, verificationLimits } from './verification/limits.ts'
import { Verification } from './verification/verification.ts'
import { verifierFor } from './verification/verifier-for.ts'
import { hostVersion } from './version.ts'

export interface StartHostOptions {
  readonly dir: string
  /** Where to listen; what the settings say where it is missing. */
  readonly listen?: ListenAddress
  readonly now: () => Instant
  /** Reads the settings, now and at each reload; the usual ones where it is missing. `CONFIG_INVALID`. */
  readonly settings?: () => LoadedConfig
  /** Seconds that have run since some moment, whatever happens to the wall clock; a test with a clock of its own gives it, too. */
  readonly elapsed?: () => Duration
  /** Compares the hardware with the certified one; without it nothing is compared. */
  readonly probe?: HardwareProbe
  readonly limits?: Partial<NetworkLimits>
  readonly verification?: Partial<VerificationLimits>
  /** What new identities may have; a lab with many machines has its own (rule 39). */
  readonly strangers?: Partial<StrangerLimits>
  /** `off` has each request verified before it is decided, as the fast way has it done afterwards. */
  readonly fastWay?: 'on' | 'off'
  /** `off` leaves the index out; lists and stories of machines are not to be had then. */
  readonly index?: 'on' | 'off'
  /** Is told what a person should know, a sentence each. */
  readonly onNote?: (text: string) => void
  /** Takes the events of the log; where it is there, notes go there, too. */
  readonly log?: HostLog
}

/** Where the events of a host go, and how it follows changed settings. */
export interface HostLog {
  readonly write: Log
  use(settings: LogSettings): Promise<void>
}

/** A host that serves. */
export interface RunningHost {
  /** `HOST:PORT` */
  readonly address: string
  /** Of the admin listener and of activation over HTTPS, where there are such. */
  readonly adminAddress: string | undefined
  readonly httpsAddress: string | undefined
  status(): HostStatus
  /** Numbers of the hot path, by vendor. */
  figures(): HostFigures
  /** Takes what has changed in the settings and files, without dropping a connection; nothing of it where anything is wrong. */
  reload(): Promise<ChangedSettings>
  /** Answers what was asked, and gives folder and port free. */
  close(): Promise<void>
}

/** Serves the folder of a host: design §4. `FOLDER_IN_USE`, `PORT_IN_USE`, or what is wrong with the folder. */
export async function startHost(options: StartHostOptions): Promise<RunningHost> {
  requireOwnFolder(options.dir)
  const { path } = openFolder(options.dir, 'host')
  const lock = lockFolder(path)
  const leaveWord = (error: unknown): Promise<void> | undefined =>
    options.index === 'off' ? undefined : recordFailedStart(hostFiles(path).index, error, options.now())
  let host: Host
  try {
    host = new Host(options, path)
  } catch (error) {
    await leaveWord(error)
    lock.release()
    throw error
  }
  try {
    await host.start()
    return {
      get address() {
        return host.address
      },
      adminAddress: host.adminAddress,
      httpsAddress: host.httpsAddress,
      status: () => host.status(),
      figures: () => host.figures(),
      reload: () => host.reload(),
      close: async () => {
        try {
          await host.close()
        } finally {
          lock.release()
        }
      },
    }
  } catch (error) {
    // Why it does not start is worth more than what else goes wrong on the way back.
    await host.close().catch(() => undefined)
    await leaveWord(error)
    lock.release()
    throw error
  }
}

/** The parts of a running host, opened in the order of `start` and closed in the reverse one. */
class Host {
  readonly #options: StartHostOptions
  readonly #dir: string
  readonly #closing: (() => Promise<void> | undefined)[] = []
  #settings: LoadedConfig
  readonly #started: LoadedConfig
  readonly #index: HostIndex
  readonly #observer: RefusalCounts
  #vendors: readonly OpenedVendor[] = []
  #verification: Verification | undefined
  #door: StrangersDoor | undefined
  readonly #listeners: Listeners
  #admin: AdminServer | undefined
  #dns: DnsDesk | undefined
  readonly #foreign = new ForeignClients()
  #services: HostServices | undefined
  readonly #still: StandStill
  #care: LedgerCare | undefined
  #lastAct: Promise<unknown> = Promise.resolve()
  #isClosing = false
  #requests = 0

  constructor(options: StartHostOptions, dir: string) {
    this.#options = options
    this.#dir = dir
    this.#settings = options.settings?.() ?? usualSettings
    this.#started = this.#settings
    this.#still = this.#makeStandStill()
    this.#listeners = this.#makeListeners(options)
    const retention = this.#retention
    this.#index = new HostIndex({ path: hostFiles(dir).index, now: options.now, note: this.#note, retention })
    this.#observer = new RefusalCounts(this.#index)
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
    this.#closing.push(() => this.#index.close())
    this.#openVendors()
    // Behind the ledgers, in a thread of its own: nothing waits for it.
    if (this.#options.index !== 'off') this.#index.start(indexedVendors(this.#vendors))
    await this.#compareHardware()
    await this.#recordPools()
    await this.#openListeners()
    this.#openLedgerCare()
    this.#closing.push(() => this.#care?.close())
    this.#openDns()
    await this.#openAdmin()
    await this.#openControl()
    this.#say({ level: 'info', event: 'started', text: `the host serves on ${this.address}` })
  }

  /** Closes every part, whatever becomes of another one; throws what went wrong first. */
  async close(): Promise<void> {
    this.#isClosing = true
    await this.#lastAct
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
    return this.#inTurn(() => this.#reload())
  }

  /** What changes a running host is done one after the other, and nothing any more once it is being stopped. */
  #inTurn<T>(act: () => T | Promise<T>): Promise<T> {
    const done = this.#lastAct.then(() => {
      if (!this.#isClosing) return act()
      throw new ActivationError('NOT_RUNNING', 'the host was stopped meanwhile: try again')
    })
    this.#lastAct = done.catch(() => undefined)
    return done
  }

  async #reload(): Promise<ChangedSettings> {
    const before = this.#settings
    const after = this.#options.settings?.() ?? usualSettings
    const changed = changedSettings(before, after, this.#started)
    // First what may fail, so that nothing is taken where anything is wrong.
    await this.#listeners.use(after.config, changed.taken.includes('listen') ? 'moves' : 'stays')
    this.#settings = after
    if (changed.taken.includes('priority')) this.#takePriority()
    await this.#options.log?.use(after.config)
    this.#dns?.use(after.dns)
    this.#say({ level: 'info', event: 'reloaded', text: reloadText(changed) })
    return changed
  }

  #takePriority(): void {
    const { priority } = this.#settings.config
    // Nothing is done where nothing is set: whoever started the process may have chosen another.
    const problem = this.#settings.from.has('priority') ? applyPriority(priority) : undefined
    if (problem !== undefined) this.#note(problem)
  }

  #openVendors(): void {
    const verification = this.#openVerification()
    const door = this.#openDoor()
    this.#closing.push(async () => {
      for (const { service } of this.#vendors) await service?.close()
    })
    this.#startVendors(verification, door)
  }

  #makeStandStill(): StandStill {
    let before: readonly OpenedVendor[] = []
    return new StandStill({
      close: async () => {
        this.#door?.strangers.sendAllAway()
        await this.#care?.close()
        before = this.#vendors
        this.#vendors = []
        for (const { service } of before) await service?.close()
      },
      open: () => this.#openAnew(before),
      failed: (error) => {
        const text = `the host serves nobody until it is started again: ${error instanceof Error ? error.message : String(error)}`
        this.#say({ level: 'error', event: 'open-failed', text })
        this.#index.event(failedStart(error))
        this.#services = this.#servicesOf()
      },
      compare: () => this.#compareHardware(),
      restIndex: () => this.#index.rest(),
      startIndex: () => {
        if (this.#options.index !== 'off') this.#index.start(indexedVendors(this.#vendors))
      },
    })
  }

  async #openAnew(before: readonly OpenedVendor[]): Promise<void> {
    const [door, verification] = [this.#door, this.#verification]
    if (door === undefined || verification === undefined) throw new Error('only a host that serves stands still')
    this.#startVendors(verification, door)
    for (const { vendor, service } of this.#vendors) {
      service?.serveUntil(before.find((one) => one.vendor.id === vendor.id)?.service?.hardwareEnd)
    }
    await this.#recordPools()
    this.#index.follow(indexedVendors(this.#vendors))
    this.#services = this.#servicesOf()
    this.#openLedgerCare()
  }

  #startVendors(verification: Verification, door: StrangersDoor): void {
    const { now, elapsed = monotonic, fastWay } = this.#options
    this.#vendors = openVendors(this.#dir, {
      verification,
      ...(fastWay && { fastWay }),
      strangers: door.strangers,
      time: { now, elapsed },
      observe: () => this.#observer,
      ownIntervals: () => {
        const { config } = this.#settings
        return { activation: config['intervals.activation'], renewal: config['intervals.renewal'] }
      },
    })
    for (const { service } of this.#vendors) {
      if (service === undefined) continue
      service.log.signHead(service.clock.time())
      service.log.keepHead()
      service.start()
    }
    door.resume()
  }

  #openDoor(): StrangersDoor {
    const { now, elapsed = monotonic, strangers } = this.#options
    const { config } = this.#settings
    const quota = config['limits.disk-mb']
    const door = openDoor({
      ...{ limits: { ...strangerSettings(config), ...strangers }, now, elapsed, note: this.#note },
      quota: quota === undefined ? undefined : quota * 1_000_000,
      measure: () => ({ used: this.#written(), free: diskRoom(this.#dir)?.free }),
      services: () => this.#vendors.flatMap(({ service }) => service ?? []),
    })
    this.#door = door
    return door
  }

  #written(): number {
    const ledgers = this.#vendors.map(({ vendor }) => vendor.files.ledger)
    return writtenBytes(ledgers, hostFiles(this.#dir).index)
  }

  /** Closed behind the vendors, whose last answers may wait for it. */
  #openVerification(): Verification {
    const verification = new Verification(verifierFor(), { ...verificationLimits, ...this.#options.verification })
    this.#verification = verification
    this.#closing.push(() => verification.close())
    verification.start()
    return verification
  }

  async #openListeners(): Promise<void> {
    this.#services = this.#servicesOf()
    this.#closing.push(() => this.#listeners.close())
    // First of all: who waits for his turn is told to come again.
    this.#closing.push(() => {
      this.#door?.close()
      return undefined
    })
    await this.#listeners.open(this.#settings.config)
  }

  #openLedgerCare(): void {
    const { now } = this.#options
    const options = { now, note: this.#note, retention: this.#retention, event: this.#event }
    const care = openLedgerCare(this.#dir, () => this.#vendors, options)
    care.start()
    this.#care = care
  }

  #openDns(): void {
    const dns = openHostDns({
      ...{ dir: this.#dir, settings: this.#settings.dns, now: this.#options.now, note: this.#note },
      address: () => this.address,
      vendors: () => this.#vendors,
      event: this.#event,
    })
    dns.start()
    this.#dns = dns
    this.#closing.push(() => dns.close())
  }

  async #openAdmin(): Promise<void> {
    const where = this.#settings.config['admin.listen']
    if (where === 'off') return
    const { now, elapsed = monotonic } = this.#options
    // Many files after years: once a minute is enough.
    const sizes = remember(
      () => String(Math.floor(elapsed() / 60)),
      () =>
        sizeMetrics(
          this.#vendors.map(({ vendor }) => vendor),
          hostFiles(this.#dir).index,
        ),
    )
    const desk = new AdminDesk({
      ...{ dir: this.#dir, now, elapsed, version: hostVersion, status: () => this.status() },
      config: () => this.#settings.config,
      requests: () => this.#requests,
      more: () => [
        ...trafficMetrics(this.figures(), this.#observer.counts),
        ...slackMetrics(this.#vendors),
        ...sizes(),
        ...doorMetrics(this.#door?.figures()),
        ...dnsMetrics(this.#dns?.figures() ?? { zones: 0, failing: 0, lastSuccess: 0 }),
        gauge('index_behind_entries', 'Entries that are not in the index yet', [
          { value: this.#index.status().behind },
        ]),
      ],
    })
    const admin = await startAdmin(where, desk)
    this.#admin = admin
    this.#closing.push(() => admin.close())
  }

  async #openControl(): Promise<void> {
    const vendors = (): readonly OpenedVendor[] => this.#vendors
    const toAsk = {
      get vendors() {
        return vendors()
      },
      installPack: (offer: PackOffer, root: Certificate | undefined) => this.#installPack(offer, root),
      installKey: (key: string, vendor: string | undefined) =>
        this.#inTurn(() => putKey(this.#dir, key, { ...(vendor !== undefined && { vendor }) })),
      certificates: new CertificateActs({
        ...{ dir: this.#dir, now: this.#options.now, probe: this.#options.probe },
        say: (event) => {
          this.#say(event)
        },
        alone: (act) => this.#inTurn(() => this.#still.forCertificate(act)),
        aloneWithoutIndex: (act) => this.#inTurn(() => this.#still.forLedger(act)),
      }),
      status: () => withIndex(this.status(), this.#index),
      index: this.#index,
      announced: () => {
        this.#door?.announce()
      },
      reload: () => this.reload(),
      dns: (question: unknown) => answerDns(question, this.#dns),
    }
    const control = await serveControl(this.#dir, async (question) => {
      if (worksOnLedgers(question)) return this.#still.answer(() => answerQuestion(question, toAsk))
      await this.#still.turnstile.whenOpen()
      return answerQuestion(question, toAsk)
    })
    this.#closing.push(() => control.close())
  }

  #installPack(offer: PackOffer, root: Certificate | undefined): Promise<InstalledPack> {
    const options = { now: this.#options.now(), ...(root !== undefined && { root }) }
    return this.#inTurn(async () => {
      const installed = installOffer(this.#dir, offer, options)
      await this.#still.for(() => undefined)
      const text = `pack ${installed.number} of ${installed.vendor.name} is installed`
      this.#say({ level: 'info', event: 'pack-installed', text })
      return installed
    })
  }

  status(): HostStatus {
    const vendors = this.#vendors.map(({ vendor, service }) => vendorStatusOf(vendor, service))
    const newcomers = this.#door?.figures()
    const { address, httpsAddress, adminAddress } = this
    return hostStatusOf(vendors, {
      address,
      ...(httpsAddress !== undefined && { httpsAddress }),
      ...(adminAddress !== undefined && { adminAddress }),
      ...(newcomers && { newcomers }),
    })
  }

  figures(): HostFigures {
    return hostFigures(this.#vendors, this.#verification, this.#listeners, this.#index.status().behind)
  }

  readonly #event = (event: HostEvent): void => {
    this.#index.event(event)
  }

  readonly #retention = (): Retention => retentionSettings(this.#settings.config)

  readonly #note = (text: string): void => {
    this.#options.onNote?.(text)
    this.#say({ level: 'warning', event: 'note', text })
  }

  #say(event: LogEvent): void {
    this.#options.log?.write(event)
  }

  #makeListeners({ listen, limits }: StartHostOptions): Listeners {
    return new Listeners({
      ...{ dir: this.#dir, ...(listen !== undefined && { listen }) },
      limits: { ...networkLimits, ...networkSettings(this.#settings.config), ...limits },
      respond: (message, reply) => {
        this.#requests += 1
        this.#still.turnstile.pass(() => {
          if (this.#services !== undefined) dispatch(message, reply, this.#services)
        })
      },
      refuse: (error, address) => {
        if (error.code !== 'FOREIGN_PROTOCOL') return encodeMessage(refusals.ofError(error))
        if (this.#foreign.isNews(address, this.#options.now())) this.#note(`${address}: ${error.message}`)
        return undefined
      },
    })
  }

  #servicesOf(): HostServices {
    return {
      products: productTableOf(this.#vendors),
      services: this.#vendors.flatMap(({ service }) => (service === undefined ? [] : [service])),
      information: remember(
        () => [this.#options.now(), ...this.#vendors.map(({ service }) => service?.log.ledger.size)].join(),
        () => hostInformation(this.status(), this.#vendors[0]?.service?.log.logId, this.#options.now()),
      ),
    }
  }

  async #compareHardware(): Promise<void> {
    const { probe } = this.#options
    const now = this.#options.now()
    for (const opened of this.#vendors) {
      standingNotes(opened, now).forEach(this.#note)
      const other = probe && (await compareHardware(opened, probe, now))
      if (other !== undefined) this.#note(other)
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
