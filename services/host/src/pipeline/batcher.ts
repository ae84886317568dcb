import { Gathering } from '../gathering.ts'
import { batchLimits } from './limits.ts'

/** What a batcher does with a batch, and whom it waits for. */
export interface BatcherWork<T> {
  /** Never fails: what goes wrong in it is an answer to each item. */
  readonly run: (batch: readonly T[]) => Promise<void>
  /** Whether the event loop is busy with what will be items in a moment. */
  readonly isMoreAnnounced?: () => boolean
}

/**
 * Collects what arrives into batches: one is taken when a turn of the event loop brought nothing more, nothing more is announced
 * and none is being worked on, at the latest at 64 items or after 5 ms, with more announced after 20 ms. What arrives meanwhile is the next.
 */
export class Batcher<T> {
  readonly #run: (batch: readonly T[]) => Promise<void>
  readonly #isMoreAnnounced: () => boolean
  readonly #gathering = new Gathering(batchLimits)
  #waiting: T[] = []
  #isScheduled = false
  #running: Promise<void> | undefined

  constructor({ run, isMoreAnnounced = () => false }: BatcherWork<T>) {
    this.#run = run
    this.#isMoreAnnounced = isMoreAnnounced
  }

  /** How many items wait for the next batch. */
  get waiting(): number {
    return this.#waiting.length
  }

  add(item: T): void {
    if (this.#waiting.length === 0) this.#gathering.begin()
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
    if (this.#gathering.isWorthwhile(this.#waiting.length, this.#isMoreAnnounced())) this.#schedule()
    else this.#start()
  }

  #start(): void {
    const batch = this.#waiting.splice(0, batchLimits.most)
    this.#gathering.end()
    this.#running = this.#run(batch).finally(() => {
      this.#running = undefined
      if (this.#waiting.length > 0) this.#schedule()
    })
  }
}
