import { Worker } from 'node:worker_threads'
import type { SignedData } from '@volact/core/cose/sign1'
import { LoopVerifier } from './loop-verifier.ts'
import { packParcel } from './signature-parcel.ts'
import type { ParcelDone, Verifier } from './verifier.ts'

/** Threads beside that of the event loop; more would only take memory from a machine that has other work. */
const mostThreads = 4
/** How long threads without work stay, in milliseconds. */
const usualRest = 60_000

interface Thread {
  readonly worker: Worker
  isUp: boolean
  readonly waiting: ParcelDone[]
}

/**
 * Verifies signatures in threads of their own, a parcel at a time, so that the event loop does not wait for one. Threads begin when there is
 * something for them to do, and end when there has not been for a while: each takes a dozen megabytes. What comes before the first is up is
 * verified in the loop, where few wait for it.
 */
export class VerifyPool implements Verifier {
  /** Number of threads. */
  readonly size: number
  readonly hasOwnCore = true
  readonly #threads: Thread[] = []
  readonly #loop = new LoopVerifier()
  readonly #rest: number
  #restTimer: NodeJS.Timeout | undefined
  #isClosed = false

  /** For so many cores beside that of the event loop; threads without work end after `rest` milliseconds. */
  constructor(cores: number, rest: number = usualRest) {
    this.size = Math.min(mostThreads, cores)
    this.#rest = rest
  }

  get busy(): number {
    return this.#threads.reduce((sum, { waiting }) => sum + waiting.length, this.#loop.busy)
  }

  /** Number of threads that there are at present. */
  get threads(): number {
    return this.#threads.length
  }

  warm(): void {
    // Nobody waits for the first thread, and an idle host does without.
  }

  /** In the thread that has least to do. */
  verify(signatures: readonly SignedData[], done: ParcelDone): void {
    if (this.#isClosed) return
    this.#restLater()
    const thread = this.#leastBusy()
    if (thread === undefined) {
      this.#loop.verify(signatures, done)
      return
    }
    thread.waiting.push(done)
    const parcel = packParcel(signatures)
    thread.worker.postMessage(parcel, [parcel.buffer])
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#restTimer)
    await Promise.all([this.#loop.close(), this.#endThreads()])
  }

  async #endThreads(): Promise<void> {
    await Promise.all(this.#threads.splice(0).map(({ worker }) => worker.terminate()))
  }

  #restLater(): void {
    this.#restTimer ??= setTimeout(() => {
      if (this.busy > 0) this.#restTimer?.refresh()
      else void this.#endThreads()
    }, this.#rest).unref()
    this.#restTimer.refresh()
  }

  /** Of the threads that are up; one more begins when all have something to do. */
  #leastBusy(): Thread | undefined {
    const isOneIdle = this.#threads.some(({ waiting }) => waiting.length === 0)
    if (!isOneIdle && this.#threads.length < this.size) this.#begin()
    let least: Thread | undefined
    for (const thread of this.#threads)
      if (thread.isUp && thread.waiting.length < (least?.waiting.length ?? Infinity)) least = thread
    return least
  }

  #begin(): void {
    const worker = new Worker(workerFile())
    const thread: Thread = { worker, isUp: false, waiting: [] }
    worker.once('online', () => {
      thread.isUp = true
    })
    worker.on('message', (verdicts: Uint8Array) => {
      if (!this.#isClosed) thread.waiting.shift()?.(verdicts)
    })
    // A thread that fails has met a bug, and so has the program: without an answer nothing may go on.
    worker.on('error', (error) => {
      if (!this.#isClosed) throw error
    })
    this.#threads.push(thread)
  }
}

/** The file of the thread, as source or built, as this one is. */
function workerFile(): URL {
  return new URL(`./verify-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
}
