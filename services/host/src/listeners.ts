import type { HostConfig } from './config/host-config.ts'
import { type HttpsServer, startHttps } from './https/https-server.ts'
import { readAllTls } from './https/tls-files.ts'
import { TlsGate } from './https/tls-gate.ts'
import type { ConnectionOptions } from './network/connection.ts'
import { type FrameServer, listen, type ListenAddress } from './network/frame-server.ts'

/** What the listeners of a host are opened with. */
export interface ListenersOptions extends ConnectionOptions {
  readonly dir: string
  /** Where to listen whatever the settings say. */
  readonly listen?: ListenAddress
}

/** Where clients are served: the activation port, with TLS where it is set, and activation over HTTPS. */
export class Listeners {
  readonly #options: ListenersOptions
  #gate: TlsGate | undefined
  #server: FrameServer | undefined
  #https: HttpsServer | undefined
  #turnedAwayBefore = 0

  constructor(options: ListenersOptions) {
    this.#options = options
  }

  /** `HOST:PORT` of the activation port; empty before it is open. */
  get address(): string {
    return this.#server?.address ?? ''
  }

  get httpsAddress(): string | undefined {
    return this.#https?.address
  }

  /** Connections to the activation port. */
  get connections(): number {
    return this.#server?.connections ?? 0
  }

  /** Bytes that wait in memory for answers, or for being read. */
  get waitingBytes(): number {
    return this.#server?.waitingBytes ?? 0
  }

  /** Connections that were closed at once, or to make room. */
  get turnedAway(): number {
    return this.#turnedAwayBefore + (this.#server?.turnedAway ?? 0)
  }

  async open(config: HostConfig): Promise<void> {
    const { dir, limits } = this.#options
    const { tls, https } = readAllTls(dir, config)
    if (tls !== undefined) this.#gate = new TlsGate(config['tls.mode'], tls, limits)
    this.#server = await this.#listen(config)
    const where = config['https.listen']
    if (where !== 'off' && https !== undefined) {
      this.#https = await startHttps(where, { ...this.#options, files: https })
    }
  }

  /**
   * Takes new certificates and another place to listen. What is wrong throws before anything is changed; connections that are open
   * stay, but those of a port that is left.
   */
  async use(config: HostConfig, moves: 'stays' | 'moves'): Promise<void> {
    const { tls, https } = readAllTls(this.#options.dir, config)
    if (moves === 'moves' && this.#options.listen === undefined) {
      // The new place first: where it cannot be had, the old one stays.
      const old = this.#server
      this.#server = await this.#listen(config)
      await old?.close()
      // The number goes on where a port is left.
      this.#turnedAwayBefore += old?.turnedAway ?? 0
    }
    if (tls !== undefined) this.#gate?.use(tls)
    if (https !== undefined) this.#https?.use(https)
  }

  /** Answers what has been accepted, and listens no more. */
  async close(): Promise<void> {
    this.#gate?.close()
    await Promise.all([this.#server?.close(), this.#https?.close()])
  }

  #listen(config: HostConfig): Promise<FrameServer> {
    return listen(this.#options.listen ?? config.listen, this.#options, this.#gate?.pass)
  }
}
