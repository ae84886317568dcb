import { ActivationError } from '@volact/core/errors/activation-error'
import { type Instant, minutes } from '@volact/core/time'
import type { DnsTimes } from '@volact/dns/limits'
import type { HostEvent } from '../index/host-event.ts'
import type { DnsAct, DnsReport, KnownZone } from './acts.ts'
import { bringZone } from './bring-zone.ts'
import { publish, records, reportAll, withdraw } from './desk-acts.ts'
import { type DeskWorld, nextOf, problemsOf, zonesOf } from './desk-world.ts'
import type { DnsVendor } from './dns-vendor.ts'
import type { DnsSettings } from './settings.ts'
import { type DnsSurroundings, probeSurroundings } from './surroundings.ts'
import { lookForCheckpoints } from './witness.ts'
import { ZoneBook } from './zone-book.ts'

/** What a desk is opened with. */
export interface DnsDeskOptions {
  /** The file `dns.json`. */
  readonly path: string
  readonly settings: DnsSettings
  readonly now: () => Instant
  /** The port that the host serves on; nothing while it does not run. */
  readonly port: () => number | undefined
  readonly vendors: () => readonly DnsVendor[]
  readonly event: (event: HostEvent) => void
  readonly note: (text: string) => void
  readonly surroundings?: () => Promise<DnsSurroundings>
  readonly times?: DnsTimes
}

/** How DNS stands, for metrics. */
export interface DnsFigures {
  readonly zones: number
  readonly failing: number
  /** The oldest last success of a zone that has one; 0 where none has. */
  readonly lastSuccess: Instant
}

/** How often is looked whether something is due, in milliseconds. */
const lookEvery = 30_000

/** After how many seconds it is found out again what this machine is called and which addresses it has. */
const lookAround = minutes(10)

/** The port where a host that never ran will serve (protocol.md §11.1). */
const usualPort = 1_688

/**
 * Keeps a host published in DNS. One thing is done at a time, in the order in which it was asked for; nothing of it keeps anybody
 * waiting who wants to be activated, and no failure of it harms the host.
 */
export class DnsDesk {
  readonly #options: DnsDeskOptions
  readonly #book: ZoneBook
  #settings: DnsSettings
  readonly #stop = new AbortController()
  #found: { readonly at: Instant; readonly surroundings: DnsSurroundings } | undefined
  #problem = ''
  #timer: NodeJS.Timeout | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: DnsDeskOptions) {
    this.#options = options
    this.#settings = options.settings
    this.#book = new ZoneBook(options.path, options.note)
  }

  /** Looks at the checkpoints that stand in DNS, publishes what is due, and goes on doing so until it is closed. */
  start(): void {
    this.#timer = setInterval(() => void this.tick(), lookEvery).unref()
    void this.#behind(() => this.#lookForCheckpoints())
    void this.tick()
  }

  /** Takes other settings. */
  use(settings: DnsSettings): void {
    this.#settings = settings
    void this.tick()
  }

  /** Ends what is under way. Nothing is withdrawn: the host comes back. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#stop.abort()
    await this.#last
  }

  /** Publishes what is due by now. */
  tick(): Promise<void> {
    return this.#behind(async () => {
      if (!this.#settings.enabled || this.#isIdle) return
      const world = this.#world(await this.#surroundings())
      for (const { message } of problemsOf(world)) this.#noteOnce(message)
      const now = this.#options.now()
      const due = zonesOf(world).filter((known) => (nextOf(known, world) ?? Infinity) <= now)
      await Promise.all(due.map((known) => this.#bring(known, world)))
    })
  }

  /** Does what a command asks for. `USAGE`, `HOST_NOT_ACTIVATED`, or why a zone could not be changed. */
  answer(act: DnsAct): Promise<DnsReport> {
    return this.#inTurn(async () => {
      this.#found = undefined
      const world = this.#world(await this.#surroundings(), 'port' in act ? act.port : undefined)
      switch (act.act) {
        case 'status':
          return reportAll(world)
        case 'publish':
          return publish(act, world)
        case 'withdraw':
          return withdraw(act, world)
        case 'records':
          return records(act, world)
      }
    })
  }

  /** Plain numbers for metrics. */
  figures(): DnsFigures {
    const zones = [...this.#book.memory.zones.values()].filter(({ withdrawn }) => withdrawn === undefined)
    const successes = zones.flatMap(({ lastSuccess }) => lastSuccess ?? [])
    return {
      zones: zones.length,
      failing: zones.filter(({ failure }) => failure !== undefined).length,
      lastSuccess: successes.length === 0 ? 0 : Math.min(...successes),
    }
  }

  /** A failure is noted once for each cause: it is tried again and again. */
  async #bring(known: KnownZone, world: DeskWorld): Promise<void> {
    const { id } = known.entry
    const before = this.#book.of(known).failure
    const after = await bringZone(known, world)
    if (after === undefined && before !== undefined) this.#options.note(`DNS: ${id} is as it should be again`)
    if (after === undefined || after.code === before?.code) return
    this.#options.note(`DNS: ${id} could not be changed: ${after.message} (${after.code})`)
  }

  async #lookForCheckpoints(): Promise<void> {
    if (this.#isIdle) return
    const world = this.#world(await this.#surroundings())
    const { surroundings, vendors, now, times, signal } = world
    const means = { resolvers: surroundings.resolvers, now, signal, ...(times && { times }) }
    await Promise.all(zonesOf(world).map(({ entry }) => lookForCheckpoints(entry, vendors, means)))
  }

  /** Whether nobody has ever named a zone. */
  get #isIdle(): boolean {
    return this.#settings.zones.length === 0 && this.#book.memory.zones.size === 0
  }

  #noteOnce(problem: string): void {
    if (this.#problem !== problem) this.#options.note(`DNS: ${problem}`)
    this.#problem = problem
  }

  /** A command may say which port a host will have that does not run. */
  #world(surroundings: DnsSurroundings, wished?: number): DeskWorld {
    const { port, vendors, now, times, event } = this.#options
    const serving = port() ?? wished
    if (serving !== undefined) this.#book.keepPort(serving)
    const known = { book: this.#book, settings: this.#settings, surroundings, vendors: vendors() }
    const means = { now, event, signal: this.#stop.signal, ...(times && { times }) }
    return { ...known, ...means, port: this.#book.memory.port ?? usualPort }
  }

  /** On some systems programs have to be started to find this out. */
  async #surroundings(): Promise<DnsSurroundings> {
    const now = this.#options.now()
    if (this.#found === undefined || Math.abs(now - this.#found.at) >= lookAround) {
      this.#found = { at: now, surroundings: await (this.#options.surroundings ?? probeSurroundings)() }
    }
    return this.#found.surroundings
  }

  /** What nobody asked for fails for nobody: a full disk must not end the host. */
  async #behind(act: () => Promise<void>): Promise<void> {
    try {
      await this.#inTurn(act)
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
      this.#options.note(`DNS: ${error.message} (${error.code})`)
    }
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#last.then(act)
    // Whoever asked is told.
    this.#last = done.catch(() => undefined)
    return done
  }
}
