import { Worker } from 'node:worker_threads'
import type { SignedData } from '@volact/core/cose/sign1'
import { packParcel } from './signature-parcel.ts'
import type { ParcelDone, Verifier } from './verifier.ts'

/** Threads beside that of the event loop; more would only take memory from a machine that has other work. */
const mostThreads = 4

interface Thread {
  readonly worker: Worker
  readonly waiting: ParcelDone[]
}

/**
 * Verifies signatures in threads of their own, a parcel at a time, so that the event loop never waits for one. Threads begin when there is
 * something for them to do.
 */
export class VerifyPool implements Verifier {
  /** Number of threads. */
  readonly size: number
  readonly hasOwnCore = true
  readonly #threads: Thread[] = []
  #isClosed = false

  /** For so many cores beside that of the event loop. */
  constructor(cores: number) {
    this.size = Math.min(mostThreads, cores)
  }

  get busy(): number {
    return this.#threads.reduce((sum, { waiting }) => sum + waiting.length, 0)
  }

  /** Begins one thread, so that the first who asks does not wait for it. */
  warm(): void {
    if (this.#threads.length === 0) this.#begin()
  }

  /** In the thread that has least to do. */
  verify(signatures: readonly SignedData[], done: ParcelDone): void {
    if (this.#isClosed) return
    const thread = this.#leastBusy()
    thread.waiting.push(done)
    const parcel = packParcel(signatures)
    thread.worker.postMessage(parcel, [parcel.buffer])
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#threads.splice(0).map(({ worker }) => worker.terminate()))
  }

  #leastBusy(): Thread {
    const idle = this.#threads.find(({ waiting }) => waiting.length === 0)
    if (idle !== undefined) return idle
    if (this.#threads.length < this.size) return this.#begin()
    return this.#threads.reduce((least, thread) => (thread.waiting.length < least.waiting.length ? thread : least))
  }

  #begin(): Thread {
    const worker = new Worker(workerFile())
    const thread: Thread = { worker, waiting: [] }
    worker.on('message', (verdicts: Uint8Array) => {
      if (!this.#isClosed) thread.waiting.shift()?.(verdicts)
    })
    // A thread that fails has met a bug, and so has the program: without an answer nothing may go on.
    worker.on('error', (error) => {
      if (!this.#isClosed) throw error
    })
    this.#threads.push(thread)
    return thread
  }
}

/** The file of the thread, as source or built, as this one is. */
function workerFile(): URL {
  return new URL(`./verify-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
}
