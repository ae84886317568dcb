import { Gathering } from '../gathering.ts'
import { batchLimits } from './limits.ts'

/** Whether an item is one of several that are announced, and waits for the others, or waits for nobody but those that come by themselves. */
export type Pace = 'prompt' | 'patient'

/** What a batcher does with a batch, and whom it waits for. */
export interface BatcherWork<T> {
  /** Never fails: what goes wrong in it is an answer to each item. */
  readonly run: (batch: readonly T[]) => Promise<void>
  /** Whether the event loop is busy with what will be items in a moment. */
  readonly isMoreAnnounced?: () => boolean
  /** How much has come to the event loop, whether it becomes an item or not. */
  readonly heard?: () => number
}

/**
 * Collects what arrives into batches: one is taken when a turn of the event loop brought nothing more and none is being worked on, at the
 * latest at 64 items or after 5 ms. What is no item counts, too: a batch of one for each turn of a flood would leave no time to hear the
 * next connection. Patient items, when no others wait, wait for what is announced, up to 20 ms. What arrives meanwhile is the next batch.
 */
export class Batcher<T> {
  readonly #run: (batch: readonly T[]) => Promise<void>
  readonly #isMoreAnnounced: () => boolean
  readonly #heard: () => number
  readonly #gathering = new Gathering(batchLimits)
  #waiting: T[] = []
  #added = 0
  /** Whether somebody waits who is prompt. */
  #hasPrompt = false
  #isScheduled = false
  #running: Promise<void> | undefined

  constructor({ run, isMoreAnnounced = () => false, heard = () => 0 }: BatcherWork<T>) {
    this.#run = run
    this.#isMoreAnnounced = isMoreAnnounced
    this.#heard = heard
  }

  /** How many items wait for the next batch. */
  get waiting(): number {
    return this.#waiting.length
  }

  add(item: T, pace: Pace = 'prompt'): void {
    if (this.#waiting.length === 0) this.#gathering.begin()
    this.#waiting.push(item)
    this.#added += 1
    if (pace === 'prompt') this.#hasPrompt = true
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
    const isMoreAnnounced = !this.#hasPrompt && this.#isMoreAnnounced()
    const seen = this.#added + this.#heard()
    if (this.#gathering.isWorthwhile(this.#waiting.length, seen, isMoreAnnounced)) this.#schedule()
    else this.#start()
  }

  #start(): void {
    const batch = this.#waiting.splice(0, batchLimits.most)
    // Who is left was there before the batch, and has waited.
    this.#hasPrompt = this.#waiting.length > 0
    this.#running = this.#run(batch).finally(() => {
      this.#running = undefined
      if (this.#waiting.length > 0) this.#schedule()
    })
  }
}
