import { setImmediate } from 'node:timers/promises'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { answerIndex } from './index-desk.ts'
import { IndexKeeper } from './index-keeper.ts'
import type { FromIndex, IndexQuestion, IndexThreadData, ToIndex } from './index-messages.ts'

/** Pauses before another try, in milliseconds: they grow while it fails. */
const leastPause = 100
const mostPause = 60_000
/** How long a question for everything that was told waits at most, in milliseconds. */
const syncPatience = 5_000

interface Asked {
  readonly id: number
  readonly question: IndexQuestion
  readonly since: number
}

/** The life of the index's thread: it writes what it is told of, tries again what has failed, and answers questions in between. */
export class IndexThread {
  #data: IndexThreadData
  readonly #say: (message: FromIndex) => void
  readonly #keeper: IndexKeeper
  #now: Instant
  #asked: Asked[] = []
  #problem: string | undefined
  #pause = leastPause
  #isToldOfNews = false
  #isRoused = false
  #isClosing = false
  #wake: () => void = () => undefined

  constructor(data: IndexThreadData, say: (message: FromIndex) => void) {
    this.#data = data
    this.#say = say
    this.#now = data.now
    const note = (text: string): void => {
      say({ kind: 'note', text })
    }
    this.#keeper = new IndexKeeper({ ...data, note })
  }

  /** Takes in a message. */
  hear(message: ToIndex): void {
    switch (message.kind) {
      case 'grown':
        for (const [vendor, size] of message.sizes) this.#keeper.grown(vendor, size)
        this.#now = message.now
        this.#keeper.keepFor(message.retention)
        break
      case 'news':
        this.#keeper.tell(message.news)
        this.#isToldOfNews = true
        break
      case 'vendors':
        this.#data = { ...this.#data, vendors: message.vendors }
        this.#keeper.follow(message.vendors)
        break
      case 'ask':
        this.#asked.push({ ...message, since: performance.now() })
    }
    // What fails is not tried more often because more happens.
    if (message.kind !== 'ask' && this.#problem !== undefined) return
    this.#isRoused = true
    this.#wake()
  }

  /** Works until it is asked to close. */
  async run(): Promise<void> {
    for (;;) {
      this.#isRoused = false
      const hasMore = await this.#step()
      this.#report()
      await this.#answer(hasMore)
      if (this.#isClosing) break
      await this.#breathe(hasMore)
    }
    this.#keeper.close()
  }

  async #step(): Promise<boolean> {
    try {
      const hasMore = await this.#keeper.step(this.#now)
      this.#problem = undefined
      this.#pause = leastPause
      return hasMore
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
      this.#failed(error)
      return true
    }
  }

  #failed({ code, message }: ActivationError): void {
    if (this.#problem === undefined) {
      this.#say({ kind: 'note', text: `the index is written later, activation goes on: ${message}` })
    }
    this.#problem = message
    this.#pause = Math.min(mostPause, this.#pause * 2)
    // Who only holds it for a moment should not cost the second name.
    if (code === 'FOLDER_IN_USE' && this.#pause < mostPause / 10) return
    try {
      this.#keeper.warnWithoutIndex()
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
    }
  }

  #report(): void {
    this.#say({ kind: 'state', next: this.#keeper.next(), problem: this.#problem })
    if (!this.#isToldOfNews || this.#keeper.hasNews) return
    this.#isToldOfNews = false
    this.#say({ kind: 'taken' })
  }

  /** Lets messages in; waits for one when there is nothing to do, or, while something fails, until it is time to try again. */
  async #breathe(hasMore: boolean): Promise<void> {
    if (this.#isRoused || (hasMore && this.#problem === undefined)) {
      await setImmediate()
      return
    }
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.#wake = () => {
      resolve(undefined)
    }
    const again = this.#problem === undefined ? undefined : setTimeout(this.#wake, this.#pause)
    await promise
    clearTimeout(again)
    this.#wake = () => undefined
  }

  async #answer(hasMore: boolean): Promise<void> {
    const late: Asked[] = []
    for (const asked of this.#asked.splice(0)) {
      const isTooEarly = hasMore && this.#problem === undefined && performance.now() - asked.since < syncPatience
      if (asked.question.verb !== 'close' && isTooEarly) late.push(asked)
      else await this.#reply(asked)
    }
    this.#asked.push(...late)
  }

  async #reply({ id, question }: Asked): Promise<void> {
    try {
      this.#say({ kind: 'answer', id, answer: await this.#do(question) })
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
      this.#say({ kind: 'failure', id, code: error.code, message: error.message })
    }
  }

  #do(question: IndexQuestion): Promise<unknown> {
    if (question.verb === 'close') this.#isClosing = true
    // Its statements would keep the file from being cleaned.
    if (question.verb === 'erase') this.#keeper.close()
    const { path, vendors } = this.#data
    const current = vendors.map((vendor) => ({ ...vendor, size: this.#keeper.sizeOf(vendor.id) }))
    return answerIndex(question, { path, vendors: current })
  }
}
