import { performance } from 'node:perf_hooks'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Distribution } from '../metrics/exposition.ts'
import { batchBounds, Histogram, secondBounds } from '../metrics/histogram.ts'
import type { LogState } from '../state/log-state.ts'
import type { Verification } from '../verification/verification.ts'
import { Batcher, type Pace } from './batcher.ts'
import type { LedgerClock } from './clock.ts'
import { EntryBatch } from './entry-batch.ts'
import type { HostLog } from './host-log.ts'
import { RandomCtis } from './random-ctis.ts'

/** Something that is done with a batch: an answer to a machine, or an act of the host. */
export interface BatchItem {
  /** Adds to the batch what is to be written. Never fails. */
  draft(batch: EntryBatch): void
  /** Is called when the batch is durable and its head is signed, or else with what has failed; then nothing is acknowledged. Never fails. */
  settle(failure: ActivationError | undefined): void
}

/** What a batch is worked on with. */
export interface BatchTools {
  readonly log: HostLog
  readonly state: LogState
  readonly clock: LedgerClock
  /** Is told while a batch is under way, and tells what has come, and whether signatures that requests wait for are verified in the event loop. */
  readonly verification: Pick<Verification, 'batchBegun' | 'batchDone' | 'isKeepingLoop' | 'heard'>
  readonly note: (text: string) => void
  /** Is called behind the answers of each batch that has entries. */
  readonly committed: (batch: EntryBatch) => void
}

/** How the batches went, in plain numbers; times in seconds, summed up. */
export interface BatchFigures {
  readonly batches: number
  readonly items: number
  readonly entries: number
  readonly syncSeconds: number
  readonly signSeconds: number
  readonly failures: number
  /** Items that wait for the next batch. */
  readonly waiting: number
  /** How long syncs and signatures took, and how many entries batches had. */
  readonly syncs: Distribution
  readonly signatures: Distribution
  readonly sizes: Distribution
}

/**
 * Works on batches, one after the other, in the order of rule 22: draft, append, one sync, sign the head once, answer. What arrives during
 * the sync is the next batch.
 */
export class BatchWork {
  readonly #tools: BatchTools
  readonly #ctis = new RandomCtis()
  readonly #batcher = new Batcher<BatchItem>({
    run: (items) => this.#work(items),
    isMoreAnnounced: () => this.#tools.verification.isKeepingLoop,
    heard: () => this.#tools.verification.heard,
  })
  #batches = 0
  #items = 0
  #entries = 0
  #syncSeconds = 0
  #signSeconds = 0
  #failures = 0
  readonly #syncs = new Histogram(secondBounds)
  readonly #signatures = new Histogram(secondBounds)
  readonly #sizes = new Histogram(batchBounds)

  constructor(tools: BatchTools) {
    this.#tools = tools
  }

  /** An item that comes from the verification of its signature is patient: others of the same turns are still there. */
  add(item: BatchItem, pace?: Pace): void {
    this.#batcher.add(item, pace)
  }

  /** Waits until everything that was added is settled. */
  drain(): Promise<void> {
    return this.#batcher.drain()
  }

  figures(): BatchFigures {
    return {
      ...{ batches: this.#batches, items: this.#items, entries: this.#entries, failures: this.#failures },
      ...{ syncSeconds: this.#syncSeconds, signSeconds: this.#signSeconds, waiting: this.#batcher.waiting },
      ...{ syncs: this.#syncs, signatures: this.#signatures, sizes: this.#sizes },
    }
  }

  async #work(items: readonly BatchItem[]): Promise<void> {
    const { log, clock, state, committed, verification } = this.#tools
    verification.batchBegun()
    const batch = new EntryBatch(log.ledger.size, clock.time(), this.#ctis)
    state.begin(batch.pending)
    for (const item of items) item.draft(batch)
    this.#batches += 1
    this.#items += items.length
    this.#entries += batch.entries.length
    const failure = await this.#commit(batch)
    for (const item of items) item.settle(failure)
    if (batch.entries.length > 0 && batch.first < log.ledger.size) committed(batch)
    verification.batchDone()
  }

  async #commit(batch: EntryBatch): Promise<ActivationError | undefined> {
    const { log, state, clock } = this.#tools
    if (batch.entries.length === 0) {
      state.commit()
      // Who asks again is proven what a signer that failed has left without a head.
      return log.isSigned ? undefined : this.#sign(batch)
    }
    const begun = performance.now()
    try {
      await log.append(batch)
    } catch (error) {
      // What was decided counts on entries that the disk did not take: so it never was, and nothing of it is answered.
      state.rollback()
      return this.#failed(error)
    }
    const seconds = (performance.now() - begun) / 1_000
    this.#syncSeconds += seconds
    this.#syncs.observe(seconds)
    this.#sizes.observe(batch.entries.length)
    state.commit()
    clock.wrote(batch.time)
    return this.#sign(batch)
  }

  /** A signer that fails leaves the entries where they are: the next head covers them, and who asks again is answered from them. */
  #sign(batch: EntryBatch): ActivationError | undefined {
    const { log } = this.#tools
    const begun = performance.now()
    try {
      log.signHead(batch.time)
    } catch (cause) {
      const message = `the head of the ledger could not be signed: ${cause instanceof Error ? cause.message : 'no reason'}`
      return this.#failed(new ActivationError('SIGNER_FAILED', message, { cause }))
    }
    const seconds = (performance.now() - begun) / 1_000
    this.#signSeconds += seconds
    this.#signatures.observe(seconds)
    try {
      log.keepHead()
    } catch (error) {
      // An older head there is no harm.
      if (!(error instanceof ActivationError)) throw error
      this.#tools.note(error.message)
    }
    return undefined
  }

  #failed(error: unknown): ActivationError {
    if (!(error instanceof ActivationError)) throw error
    this.#failures += 1
    this.#tools.note(error.message)
    return error
  }
}
