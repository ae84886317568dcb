/** Lets requests through as they come. While something stands still they wait, bounded as all that waits on connections is; nobody is dropped. */
export class Turnstile {
  #waiting: (() => void)[] | undefined
  #opened: Promise<void> = Promise.resolve()

  /** Lets a request through, at once or when it is open again. */
  pass(go: () => void): void {
    if (this.#waiting === undefined) go()
    else this.#waiting.push(go)
  }

  /** Waits until it is open. */
  whenOpen(): Promise<void> {
    return this.#opened
  }

  /** Holds requests back while an act runs, and lets them through in their order, however that ends. */
  async closedFor<T>(act: () => Promise<T>): Promise<T> {
    const waiting: (() => void)[] = []
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.#waiting = waiting
    this.#opened = promise
    try {
      return await act()
    } finally {
      this.#waiting = undefined
      for (const go of waiting) go()
      resolve(undefined)
    }
  }
}
