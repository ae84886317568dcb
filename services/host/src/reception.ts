import type { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { encodeMessage } from '@volact/core/wire/message'
import { ForeignClients } from './logs/foreign-clients.ts'
import type { ConnectionOptions } from './network/connection.ts'
import { dispatch, type HostServices } from './network/dispatch.ts'
import type { Reply } from './network/reply.ts'
import type { Turnstile } from './network/turnstile.ts'
import * as refusals from './pipeline/refusals.ts'
import type { Verification } from './verification/verification.ts'

export interface ReceptionOptions {
  readonly turnstile: Turnstile
  /** Whoever answers by the time that a request is through the turnstile. */
  readonly vendors: { readonly services: HostServices; readonly verification: Pick<Verification, 'hear'> }
  readonly now: () => Instant
  readonly note: (text: string) => void
}

/** Receives what comes in on all listeners: counts requests, hands them on through the turnstile, and sees off what speaks another protocol. */
export class Reception implements Pick<ConnectionOptions, 'arrived' | 'respond' | 'refuse'> {
  readonly #options: ReceptionOptions
  readonly #foreign = new ForeignClients()
  #requests = 0

  constructor(options: ReceptionOptions) {
    this.#options = options
  }

  /** How many requests have come in since the start. */
  get requests(): number {
    return this.#requests
  }

  /** Node takes in one connection in a turn of the event loop, and hears its request in the next: what is owed waits for those, too (rule 15). */
  readonly arrived = (): void => {
    this.#options.vendors.verification.hear()
  }

  readonly respond = (message: Uint8Array, reply: Reply): void => {
    const { turnstile, vendors } = this.#options
    this.#requests += 1
    turnstile.pass(() => {
      dispatch(message, reply, vendors.services)
    })
  }

  readonly refuse = (error: ActivationError, address: string): Uint8Array | undefined => {
    if (error.code !== 'FOREIGN_PROTOCOL') return encodeMessage(refusals.ofError(error))
    const { now, note } = this.#options
    if (this.#foreign.isNews(address, now())) note(`${address}: ${error.message}`)
    return undefined
  }
}
