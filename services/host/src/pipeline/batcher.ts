import { batchLimits } from './limits.ts'

/**
 * Collects what arrives into batches (design §4): one is taken when a turn of the event loop brought nothing more and none is being
 * worked on, at the latest at 64 items or after 5 ms. What arrives meanwhile is the next one.
 */
export class Batcher<T> {
  readonly #work: (batch: readonly T[]) => Promise<void>
  #waiting: T[] = []
  #seen = 0
  #deadline = 0
  #isScheduled = false
  #running: Promise<void> | undefined

  /** `work` never fails: what goes wrong in it is an answer to each item. */
  constructor(work: (batch: readonly T[]) => Promise<void>) {
    this.#work = work
  }

  /** How many items wait for the next batch. */
  get waiting(): number {
    return this.#waiting.length
  }

  add(item: T): void {
    if (this.#waiting.length === 0) this.#deadline = performance.now() + batchLimits.milliseconds
    this.#waiting.push(item)
    this.#schedule()
  }

  /** Waits until everything that was added has been worked on. */
  async drain(): Promise<void> {
    while (this.#running !== undefined || this.#waiting.length > 0) {
      await (this.#running ?? new Promise<void>((resolve) => setImmediate(resolve)))
    }
  }

  #schedule(): void {
    if (this.#isScheduled || this.#running !== undefined) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#turn()
    })
  }

  #turn(): void {
    if (this.#running !== undefined || this.#waiting.length === 0) return
    const hasGrown = this.#waiting.length > this.#seen
    this.#seen = this.#waiting.length
    if (hasGrown && this.#seen < batchLimits.requests && performance.now() < this.#deadline) {
      this.#schedule()
      return
    }
    this.#start()
  }

  #start(): void {
    const batch = this.#waiting.splice(0, batchLimits.requests)
    this.#seen = 0
    this.#running = this.#work(batch).finally(() => {
      this.#running = undefined
      if (this.#waiting.length > 0) this.#schedule()
    })
  }
}
