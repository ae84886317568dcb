import type { DriverOptions } from '@volact/client/driver/surroundings'
import type { Client } from '@volact/client/open-client'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { AgentLog } from './agent-event.ts'

/** A client that keeps its products activated, and tells when one of them has changed. */
export class DrivenClient {
  readonly client: Client
  readonly #running: ReturnType<Client['start']>
  readonly #changed: () => void
  readonly #watched = new Map<string | undefined, () => void>()

  constructor(client: Client, changed: () => void, options: DriverOptions) {
    this.client = client
    this.#changed = changed
    this.watchAll()
    this.#running = client.start(options)
  }

  /** Watches each product that is installed; without a name, whichever comes first. */
  watchAll(): void {
    for (const product of [undefined, ...this.client.status().products]) {
      if (!this.#watched.has(product)) this.#watched.set(product, this.client.watch(this.#changed, product))
    }
  }

  /** Asks for every product at once, since something was set that may help. Nobody waits for it. */
  tryNow(): void {
    void this.#running.tryNow()
  }

  /** Stops asking; the license of an ephemeral machine is given back as far as its host answers in time (rule 38). */
  async end(log: AgentLog, milliseconds: number): Promise<void> {
    await this.#running.stop()
    const { ephemeral, products } = this.client.status()
    const signal = AbortSignal.timeout(milliseconds)
    for (const product of ephemeral ? products : []) await this.#release(product, log, signal)
  }

  /** Gives free what it holds. */
  async close(): Promise<void> {
    for (const stop of this.#watched.values()) stop()
    await this.client.close()
  }

  async #release(product: string, log: AgentLog, signal: AbortSignal): Promise<void> {
    try {
      await this.client.release(product, undefined, { signal })
      log({ event: 'released', product })
    } catch (error) {
      if (!(error instanceof ActivationError) && !signal.aborted) throw error
      log({ event: 'release-failed', product, message: error instanceof Error ? error.message : String(error) })
    }
  }
}
