import type { Duration } from '@volact/core/time'

interface Pause {
  readonly seconds: Duration
  readonly end: () => void
}

/** The waiting of a driver, of which a test says how long it takes. */
export class Pauses {
  #pause: Pause | undefined
  #begun = Promise.withResolvers<undefined>()

  /** To be given to a driver. */
  readonly wait = (seconds: Duration, signal: AbortSignal): Promise<unknown> => {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const end = (): void => {
      resolve(undefined)
    }
    signal.addEventListener('abort', end)
    this.#pause = { seconds, end }
    this.#begun.resolve(undefined)
    return promise
  }

  /** Waits until the driver has done what there was to do, and tells how long it wants to wait. */
  async next(): Promise<Duration> {
    await this.#begun.promise
    return this.#pause?.seconds ?? 0
  }

  /** Ends the pause that the driver has begun. */
  end(): void {
    const { end } = this.#pause ?? {}
    this.#pause = undefined
    this.#begun = Promise.withResolvers()
    end?.()
  }
}
