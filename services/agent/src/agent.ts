import type { DriverOptions } from '@volact/client/driver/surroundings'
import type { Client } from '@volact/client/open-client'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Duration } from '@volact/core/time'
import type { AgentLog } from './agent-event.ts'
import { answerBy, type Offer } from './answer-by.ts'
import { changeRoutes } from './change-routes.ts'
import { ChangeLog } from './change-log.ts'
import { DrivenClient } from './driven-client.ts'
import { type AgentHealth, lastOutcomeOf, productsOf } from './health.ts'
import type { LocalLimits } from './local/limits.ts'
import { type LocalServer, serveLocally } from './local/local-server.ts'
import type { SocketAccess } from './local/socket-file.ts'
import { readRoutes } from './read-routes.ts'
import { RefusalLog } from './refusal-log.ts'
import type { Served } from './route.ts'
import { agentVersion } from './version.ts'

export interface AgentOptions {
  readonly elapsed: () => Duration
  readonly log: AgentLog
  readonly dir: string
  readonly socket: string
  readonly admin: string
  readonly gid?: number
  readonly limits: LocalLimits
  readonly driver: DriverOptions
  /** Opens the client anew, with vendors as they are now. */
  readonly open: () => Promise<Client>
}

/** How often it is looked what time or other programs have changed, in milliseconds. */
const lookEvery = 60_000

/** One client behind two sockets. */
export class Agent {
  readonly #options: AgentOptions
  readonly #refusals: RefusalLog
  readonly #changes: ChangeLog
  readonly #started: Duration
  #driven: DrivenClient
  #servers: readonly LocalServer[] = []
  #state: AgentHealth['state'] = 'serving'
  #timer: NodeJS.Timeout | undefined
  /** One reload after the other. */
  #reloading: Promise<unknown> = Promise.resolve()

  constructor(client: Client, options: AgentOptions) {
    const { log, elapsed } = options
    this.#options = options
    this.#refusals = new RefusalLog(log, elapsed)
    this.#changes = new ChangeLog(log, productsOf(client))
    this.#started = elapsed()
    this.#driven = this.#drive(client)
  }

  async start(): Promise<void> {
    const { socket, admin, gid, log, dir } = this.#options
    const forGroup = { mode: 0o660, ...(gid !== undefined && { gid }) } as const
    // Root's first: whoever sees the other one finds the agent whole.
    this.#servers = [
      await this.#serve(admin, { mode: 0o600 }, { routes: [...readRoutes, ...changeRoutes], forRoot: [] }),
    ]
    this.#servers = [
      ...this.#servers,
      await this.#serve(socket, forGroup, { routes: readRoutes, forRoot: changeRoutes }),
    ]
    this.#timer = setInterval(this.#look, lookEvery).unref()
    log({ event: 'started', address: socket, admin, dir, products: this.#driven.client.status().products })
    this.#tellNotes()
  }

  health(): AgentHealth {
    const products = productsOf(this.#driven.client)
    const lastOutcome = lastOutcomeOf(products)
    return {
      ...{ state: this.#state, version: agentVersion, products },
      ...(lastOutcome && { lastOutcome }),
      uptime: Math.floor(this.#options.elapsed() - this.#started),
      rss: process.memoryUsage.rss(),
    }
  }

  /** Opens the client anew and serves on with it; when that fails, with the old one. */
  reload(): Promise<object> {
    const reloaded = this.#reloading.then(() => this.#reload())
    this.#reloading = reloaded.catch(() => undefined)
    return reloaded
  }

  /** Answers what was asked, gives back the leases of an ephemeral machine, and tells of the end. */
  async close(): Promise<void> {
    const { log, limits } = this.#options
    this.#state = 'stopping'
    log({ event: 'stopping' })
    await this.#closeServers()
    await this.#driven.end(log, limits.farewell)
    await this.end()
    log({ event: 'stopped' })
  }

  /** Gives free whatever `start` has come to. */
  async end(): Promise<void> {
    clearInterval(this.#timer)
    await this.#closeServers()
    await this.#driven.close()
  }

  async #closeServers(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()))
    this.#servers = []
    await this.#reloading
  }

  #drive(client: Client): DrivenClient {
    return new DrivenClient(client, this.#look, this.#options.driver)
  }

  readonly #look = (): void => {
    this.#changes.look(productsOf(this.#driven.client))
    this.#driven.watchAll()
  }

  #serve(path: string, access: SocketAccess, offer: Offer): Promise<LocalServer> {
    const { limits, elapsed } = this.#options
    return serveLocally({
      ...{ path, access, limits, elapsed },
      respond: (request) => answerBy(offer, request, this.#served()),
      onRefused: (reason) => {
        this.#refusals.add(reason)
      },
      onBug: this.#tellBug,
    })
  }

  #served(): Served {
    return {
      client: this.#driven.client,
      health: () => this.health(),
      reload: () => this.reload(),
      changed: (what) => {
        this.#look()
        if (what === 'chances') this.#driven.tryNow()
      },
    }
  }

  async #reload(): Promise<object> {
    const { open, log } = this.#options
    try {
      const before = this.#driven
      this.#driven = this.#drive(await open())
      await before.close()
    } catch (error) {
      if (error instanceof ActivationError) log({ event: 'reload-failed', code: error.code, message: error.message })
      else this.#tellBug(error)
      throw error
    }
    const { products } = this.#driven.client.status()
    log({ event: 'reloaded', products })
    this.#tellNotes()
    return { products }
  }

  readonly #tellBug = (error: unknown): void => {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.#options.log({ event: 'bug', message })
  }

  #tellNotes(): void {
    const { notes, test } = this.#driven.client.status()
    for (const text of [...notes, ...(test ? [testRoot] : [])]) this.#options.log({ event: 'note', text })
  }
}

/** Rule 11. */
const testRoot = 'TEST ROOT: a vendor here exists for tests only, and its licenses are worth nothing'
