import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { ActivationError } from '@volact/core/errors/activation-error'
import { describeError, type ErrorCode } from '@volact/core/errors/table'
import type { Instant } from '@volact/core/time'
import { type Retention, usualRetention } from '@volact/ledger/retain'
import type { HostEvent } from './host-event.ts'
import type { FromIndex, IndexQuestion, IndexThreadData, ToIndex } from './index-messages.ts'
import type { IndexDesk } from './index-desk.ts'
import { type IndexStatus, indexStatusOf } from './index-status.ts'
import type { IndexedVendor } from './index-vendor.ts'
import type { TimedEvent } from './kept-writer.ts'
import type { HostObserver, RefusedRequest } from './observer.ts'
import { RefusalTally } from './refusal-tally.ts'

/** How long news gather before they go to the index, in milliseconds. */
const gather = 100
/** How often the index looks whether something is to be dropped, when nothing else happens, in milliseconds. */
const rounds = 3_600_000
/** Pauses before a thread that has ended is started again, in milliseconds. */
const pauses = { least: 1_000, most: 60_000 } as const
/** Events that wait while the index cannot be written; of more, the oldest are lost. */
const mostEvents = 1_000
/** How long a status or a list waits for the index to be brought up to date, in milliseconds. */
const patienceOfPeople = 3_000
/** How long it is waited for when the host ends, in milliseconds. */
const farewell = 2_000
/** How long SQLite waits for another program that writes, in milliseconds: in the thread of the index, so that nobody else waits. */
const patience = 1_000

export interface HostIndexOptions {
  readonly path: string
  readonly now: () => Instant
  readonly note: (text: string) => void
  /** How long things are kept, as it is set (rule 32). */
  readonly retention?: () => Retention
}

/**
 * The index of a host, behind its ledgers and in its own time: machines, their history, refusals and events in SQLite, written by a thread
 * of its own with the lowest priority. Nothing waits for it, and whatever happens to its file, activation goes on.
 */
export class HostIndex implements HostObserver, IndexDesk {
  readonly #options: HostIndexOptions
  readonly #refusals = new RefusalTally()
  readonly #sizes = new Map<string, number>()
  readonly #grown = new Set<string>()
  readonly #questions = new Map<number, PromiseWithResolvers<unknown>>()
  #events: TimedEvent[] = []
  #vendors: readonly IndexedVendor[] = []
  #worker: Worker | undefined
  #next: ReadonlyMap<string, number> = new Map()
  #problem: string | undefined
  #timer: NodeJS.Timeout | undefined
  #round: NodeJS.Timeout | undefined
  #pause: number = pauses.least
  #isTaking = false
  #hasBegun = false
  #isClosed = false
  #isResting = false
  #lastQuestion = 0

  constructor(options: HostIndexOptions) {
    this.#options = options
  }

  /** Starts the thread, once it is known which ledgers there are; and again when it has rested. */
  start(vendors: readonly IndexedVendor[]): void {
    this.#isResting = false
    this.#vendors = vendors
    for (const { id, size } of vendors) this.#sizes.set(id, size)
    this.#round = setInterval(() => {
      this.#send()
    }, rounds).unref()
    this.#run()
  }

  /** Tells the thread of other products or vendors; a ledger that it knows stays the same one. */
  follow(vendors: readonly IndexedVendor[]): void {
    this.#vendors = vendors
    for (const { id, size } of vendors) this.#sizes.set(id, size)
    this.#worker?.postMessage({ kind: 'vendors', vendors } satisfies ToIndex)
  }

  /** Ends the thread, so that it reads no ledger while another one takes its place, and keeps the news until it is started again. */
  async rest(): Promise<void> {
    if (this.#worker !== undefined) await this.sync()
    this.#isResting = true
    clearInterval(this.#round)
    await this.#worker?.terminate()
  }

  grown(vendor: string, size: number): void {
    this.#sizes.set(vendor, size)
    this.#grown.add(vendor)
    this.#soon()
  }

  refused(vendor: string, request: RefusedRequest): void {
    this.#refusals.add(vendor, request, this.#options.now())
    this.#soon()
  }

  event(event: HostEvent): void {
    this.#events.push({ time: this.#options.now(), event })
    if (this.#events.length > mostEvents) this.#events.shift()
    this.#soon()
  }

  readonly note = (text: string): void => {
    this.#options.note(text)
  }

  /** How it does, and how far it is behind. */
  status(): IndexStatus {
    const behind = [...this.#sizes].map(([id, size]) => Math.max(0, size - (this.#next.get(id) ?? 0)))
    return indexStatusOf(
      behind.reduce((sum, count) => sum + count, 0),
      this.#problem,
    )
  }

  /** Waits until everything is written that happened before, or cannot be; some seconds at most. */
  async sync(): Promise<IndexStatus> {
    try {
      // What came while earlier news were on their way is sent when those are taken in.
      for (let tries = 0; tries < 3 && (tries === 0 || this.#isTaking || this.#hasNews()); tries += 1) {
        await this.ask({ verb: 'sync' })
      }
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
    }
    return this.status()
  }

  /** Asks the thread. */
  ask(question: IndexQuestion): Promise<unknown> {
    const worker = this.#worker
    if (worker === undefined) {
      const problem = this.#problem ?? 'its thread does not run'
      return Promise.reject(new ActivationError('BUSY', `the index is not available: ${problem}`))
    }
    this.#send()
    this.#lastQuestion += 1
    const id = this.#lastQuestion
    const waiting = Promise.withResolvers<unknown>()
    this.#questions.set(id, waiting)
    worker.postMessage({ kind: 'ask', id, question } satisfies ToIndex)
    return ['sync', 'forks'].includes(question.verb) ? this.#within(id, waiting) : waiting.promise
  }

  /** Ends the thread, once it has written what only it has; of the ledger it writes what is missing at the next start. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    clearInterval(this.#round)
    const worker = this.#worker
    const wasClosed = this.#isClosed
    this.#isClosed = true
    if (worker === undefined || wasClosed) return
    if (this.#isTaking || this.#hasNews()) await this.sync()
    // It has the lowest priority, and on a busy machine it may take long to come to that.
    const asked = this.#hasBegun ? this.ask({ verb: 'close' }).catch(() => undefined) : undefined
    await Promise.race([asked, setTimeout(farewell, undefined, { ref: false })])
    await worker.terminate()
  }

  /** The thread may not come to it while the host is busy. */
  async #within(id: number, { promise, reject }: PromiseWithResolvers<unknown>): Promise<unknown> {
    const late = globalThis.setTimeout(() => {
      this.#settle(id)
      reject(new ActivationError('BUSY', 'the index has no time to answer at present'))
    }, patienceOfPeople)
    try {
      return await promise
    } finally {
      clearTimeout(late)
    }
  }

  #run(): void {
    const { path, now } = this.#options
    const vendors = this.#vendors.map((vendor) => ({ ...vendor, size: this.#sizes.get(vendor.id) ?? vendor.size }))
    const workerData: IndexThreadData = { path, vendors, now: now(), retention: this.#retention(), patience }
    const worker = new Worker(threadFile, { workerData, execArgv: threadArguments, resourceLimits })
    this.#worker = worker
    this.#isTaking = false
    this.#hasBegun = false
    worker.unref()
    worker.on('message', (message: FromIndex) => {
      this.#hear(message)
    })
    worker.once('error', (error: Error) => {
      this.#problem = `its thread has ended: ${error.message}`
      if (!this.#isClosed) this.note(`the index is not written for a while: ${error.message}`)
    })
    worker.once('exit', () => {
      this.#ended()
    })
    if (this.#hasNews()) this.#soon()
  }

  #ended(): void {
    this.#worker = undefined
    for (const { reject } of this.#questions.values()) {
      reject(new ActivationError('BUSY', 'the index is not available: its thread has ended'))
    }
    this.#questions.clear()
    if (this.#isClosed || this.#isResting) return
    globalThis
      .setTimeout(() => {
        if (!this.#isClosed && !this.#isResting && this.#worker === undefined) this.#run()
      }, this.#pause)
      .unref()
    this.#pause = Math.min(pauses.most, this.#pause * 2)
  }

  #hear(message: FromIndex): void {
    switch (message.kind) {
      case 'note':
        this.note(message.text)
        break
      case 'taken':
        this.#isTaking = false
        if (this.#hasNews()) this.#soon()
        break
      case 'state':
        this.#hasBegun = true
        this.#next = new Map(message.next)
        this.#problem = message.problem
        if (message.problem === undefined) this.#pause = pauses.least
        break
      case 'answer':
        this.#settle(message.id)?.resolve(message.answer)
        break
      case 'failure':
        this.#settle(message.id)?.reject(failure(message))
        break
    }
  }

  #settle(id: number): PromiseWithResolvers<unknown> | undefined {
    const question = this.#questions.get(id)
    this.#questions.delete(id)
    return question
  }

  #retention(): Retention {
    return this.#options.retention?.() ?? usualRetention
  }

  #hasNews(): boolean {
    return !this.#refusals.isEmpty || this.#events.length > 0
  }

  #soon(): void {
    if (this.#timer !== undefined || this.#worker === undefined) return
    this.#timer = globalThis
      .setTimeout(() => {
        this.#send()
      }, gather)
      .unref()
  }

  /** One message with news at a time: what comes meanwhile gathers here, where it is bounded. */
  #send(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const worker = this.#worker
    if (worker === undefined) return
    const sizes = [...this.#grown].map((vendor) => [vendor, this.#sizes.get(vendor) ?? 0] as const)
    this.#grown.clear()
    const [now, retention] = [this.#options.now(), this.#retention()]
    worker.postMessage({ kind: 'grown', now, retention, sizes } satisfies ToIndex)
    if (this.#isTaking || !this.#hasNews()) return
    this.#isTaking = true
    const news = { refusals: this.#refusals.take(), events: this.#events }
    this.#events = []
    worker.postMessage({ kind: 'news', news } satisfies ToIndex)
  }
}

/** From source the thread is the source, and finds the other workspaces as this program does. */
const isSource = import.meta.url.endsWith('.ts')
const threadFile = new URL(isSource ? './index-worker.ts' : './index-worker.js', import.meta.url)
const threadArguments = isSource ? ['--conditions=volact-source', '--disable-warning=ExperimentalWarning'] : []
/** Megabytes: what it holds is one batch of entries. */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 }

function failure({ code, message }: Extract<FromIndex, { kind: 'failure' }>): Error {
  const row = describeError(code)
  return row === undefined ? new Error(message) : new ActivationError(row.name as ErrorCode, message)
}
