import type { Duration, Instant } from '@volact/core/time'

/** How often one address is named, in seconds, and how many addresses in that time. */
const interval: Duration = 3_600
const mostNamed = 32

/**
 * Says who of another system knocks: each address once an hour, and in an hour of many strangers no more than some of them, so that
 * neither a forgotten machine nor a scan fills the log.
 */
export class ForeignClients {
  readonly #named = new Map<string, Instant>()

  /** Whether this address is to be named now. */
  isNews(address: string, now: Instant): boolean {
    for (const [known, at] of this.#named) if (now >= at + interval || now < at) this.#named.delete(known)
    if (this.#named.has(address) || this.#named.size >= mostNamed) return false
    this.#named.set(address, now)
    return true
  }
}
