import { ActivationError } from '@volact/core/errors/activation-error'

/** What changes a running host: one act after the other, and none any more once it is being stopped. */
export class ActsInTurn {
  #last: Promise<unknown> = Promise.resolve()
  #isOver = false

  /** Does an act when those before it are done, whatever became of them. `NOT_RUNNING` when the host was stopped meanwhile. */
  do<T>(act: () => T | Promise<T>): Promise<T> {
    const done = this.#last.then(() => {
      if (!this.#isOver) return act()
      throw new ActivationError('NOT_RUNNING', 'the host was stopped meanwhile: try again')
    })
    this.#last = done.catch(() => undefined)
    return done
  }

  /** Waits for the act that is being done, and lets no other one begin. */
  async end(): Promise<void> {
    this.#isOver = true
    await this.#last
  }
}
