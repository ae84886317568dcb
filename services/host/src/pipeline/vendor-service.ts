import { existsSync } from 'node:fs'
import type { OpenedRelease } from '@volact/core/document/release'
import type { OpenedRequest } from '@volact/core/document/request'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { ActivateMessage, ReleaseMessage } from '@volact/core/wire/activation-messages'
import type { MessageBody } from '@volact/core/wire/message'
import type { RefusalMessage } from '@volact/core/wire/refusal'
import { writeDurably } from '@volact/files/durable'
import { readLimited } from '@volact/files/read-limited'
import { fileLimits, type VendorFiles } from '../folder/files.ts'
import { Batcher } from './batcher.ts'
import { Challenges } from './challenge.ts'
import type { LedgerClock } from './clock.ts'
import { type Desk, type Draft, draftActivation, draftRelease, plain } from './draft-answer.ts'
import { EntryBatch, type HostLog, type NewEntry } from './host-log.ts'
import { LogState } from './log-state.ts'
import { type PoolAct, poolArguments } from './pool-acts.ts'
import { Pools } from './pools.ts'
import * as refusals from './refusals.ts'
import { examineCheckpoint, type ShownCheckpoint } from './shown-checkpoint.ts'
import type { Terms } from './terms.ts'

interface Item {
  /** Adds to the batch what is to be written; never fails. */
  readonly draft: (batch: EntryBatch) => void
  /** Is called when the batch is durable, or could not be written. */
  readonly settle: (failure: ActivationError | undefined) => void
}

/** Why a host grants nothing, though it is activated (rule 26). */
export type Halt = 'LOG_FORKED' | 'HOST_ROLLED_BACK'

/** Who wants to know of entries once they are durable and answered; and of what a person should know. */
export interface ServiceObserver {
  readonly committed: (entries: readonly NewEntry[]) => void
  readonly note: (text: string) => void
}

/**
 * Serves the products of one vendor from one ledger: admit → batch → append, one fdatasync → sign the head once → answer
 * (design §4, rule 22). What it is given has been authenticated.
 */
export class VendorService {
  readonly terms: Terms
  readonly log: HostLog
  readonly clock: LedgerClock
  readonly #files: VendorFiles
  readonly #observer: ServiceObserver
  /** The pools of ephemeral machines (rule 38). */
  readonly pools: Pools
  readonly #challenges = new Challenges()
  readonly #batcher = new Batcher<Item>((items) => this.#work(items))
  #state: LogState
  #halt: Halt | undefined

  constructor(terms: Terms, log: HostLog, clock: LedgerClock, files: VendorFiles, observer: ServiceObserver) {
    this.terms = terms
    this.log = log
    this.clock = clock
    this.#files = files
    this.#observer = observer
    this.#state = new LogState(terms.catalog, log.entries())
    this.pools = new Pools(files.pools, (acts) => this.#record(acts))
    if (!existsSync(files.forkEvidence)) return
    this.show(readLimited(files.forkEvidence, fileLimits.checkpoint, 'the checkpoint'))
  }

  /** What the ledger amounts to at present. */
  get state(): LogState {
    return this.#state
  }

  /** Why nothing is granted, if so. */
  get halt(): Halt | undefined {
    return this.#halt
  }

  /** Answers a request whose signature holds. */
  activate(opened: OpenedRequest, message: ActivateMessage): Promise<MessageBody> {
    return this.#answered((batch) => {
      const shown = this.show(opened.request.checkpoint)
      const from = shown.kind === 'continued' ? shown.size : undefined
      return this.#refusal() ?? draftActivation(opened, message, from, this.#desk(batch))
    })
  }

  /** Answers a release whose signature holds. */
  release(opened: OpenedRelease, message: ReleaseMessage): Promise<MessageBody> {
    return this.#answered((batch) => this.#refusal() ?? draftRelease(opened, message, this.#desk(batch)))
  }

  /** Looks at a checkpoint that somebody shows. One of ours that is not in our tree ends all granting, beyond a restart (rule 26). */
  show(checkpoint: Uint8Array | undefined): ShownCheckpoint {
    const { ledger, certificate, logId } = this.log
    const shown = examineCheckpoint(checkpoint, ledger, { logId, key: certificate.leaf.publicKey })
    if (shown.kind === 'contradicts' && checkpoint !== undefined && this.#halt === undefined) {
      this.#halt = shown.code
      this.#observer.note(
        `${shown.code}: a checkpoint signed by this host is not in its ledger; it grants nothing any more`,
      )
      writeDurably(this.#files.forkEvidence, checkpoint)
    }
    return shown
  }

  /** Waits until everything that came in is answered, and closes the ledger. */
  async close(): Promise<void> {
    await this.#batcher.drain()
    this.log.ledger.close()
  }

  #answered(draft: (batch: EntryBatch) => Draft): Promise<MessageBody> {
    const { promise, resolve } = Promise.withResolvers<MessageBody>()
    let drafted: Draft | undefined
    this.#batcher.add({
      draft: (batch) => {
        drafted = draftOf(draft, batch)
      },
      settle: (failure) => {
        if (drafted !== undefined)
          resolve(failure === undefined ? this.#answer(drafted) : refusals.cannotWrite(failure))
      },
    })
    return promise
  }

  /** Writes administrative entries; what keeps the host from granting keeps it from that, too. */
  #record(acts: readonly PoolAct[]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    let obstacle: RefusalMessage | undefined
    this.#batcher.add({
      draft: (batch) => {
        obstacle = this.#obstacle()
        if (obstacle === undefined) for (const act of acts) this.#addAct(act, batch)
      },
      settle: (failure) => {
        if (failure !== undefined) reject(failure)
        else if (obstacle !== undefined) reject(new ActivationError(obstacle.code, obstacle.text))
        else resolve(undefined)
      },
    })
    return promise
  }

  #addAct(act: PoolAct, batch: EntryBatch): void {
    const said = { act: act.act, arguments: poolArguments(act), time: batch.time }
    this.#state.apply(batch.add((place) => ({ kind: 'administrative', ...said, ...place })).entry)
  }

  #desk(batch: EntryBatch): Desk {
    const { terms, log, pools } = this
    return { terms, log, pools, state: this.#state, challenges: this.#challenges, batch }
  }

  #refusal(): Draft | undefined {
    const obstacle = this.#obstacle()
    return obstacle && plain(obstacle)
  }

  #obstacle(): RefusalMessage | undefined {
    if (this.#halt !== undefined) return refusals.halted(this.#halt)
    const clock = this.clock.state()
    return clock === 'good' ? undefined : refusals.clockSkew(clock, this.clock.wall())
  }

  async #work(items: readonly Item[]): Promise<void> {
    const batch = new EntryBatch(this.log.ledger.size, this.clock.time())
    for (const { draft } of items) draft(batch)
    const failure = await this.#commit(batch)
    for (const { settle } of items) settle(failure)
    if (failure === undefined) this.#keep(batch)
  }

  /** What was decided counts on entries that the disk did not take: so it is forgotten, and nothing of it is answered. */
  async #commit(batch: EntryBatch): Promise<ActivationError | undefined> {
    try {
      if (batch.entries.length === 0) return undefined
      await this.log.append(batch)
      this.clock.wrote(batch.time)
      this.#attempt(() => {
        this.log.keepHead()
      })
      return undefined
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
      this.#observer.note(error.message)
      this.#state = new LogState(this.terms.catalog, this.log.entries())
      return error
    }
  }

  #answer(draft: Draft): MessageBody {
    if (draft.kind === 'plain') return draft.answer
    const { as, index, bytes, from, known, notice } = draft
    const proven = { entry: bytes, receipt: this.log.receipt(index, from), ...this.log.chainFor(known) }
    if (as === 'released' || notice === undefined) return { kind: as, ...proven }
    return { kind: as, ...proven, twin: { entry: notice.bytes, receipt: this.log.receipt(notice.index, undefined) } }
  }

  /** Behind the answers, in its own time: what may be lost (rule 31, design §4). */
  #keep(batch: EntryBatch): void {
    const { entries } = batch
    if (entries.length === 0) return
    const first = this.log.ledger.size - entries.length
    const records = entries.flatMap(({ details }, position) =>
      details ? [{ ...details, index: first + position }] : [],
    )
    this.#attempt(() => {
      this.log.ledger.keepDetails(records)
    })
    this.#observer.committed(entries)
  }

  /** Does what may fail without any harm to what was granted. */
  #attempt(write: () => void): void {
    try {
      write()
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
      this.#observer.note(error.message)
    }
  }
}

/** An old entry that the disk no longer gives back is one client's trouble, not that of the whole batch. */
function draftOf(draft: (batch: EntryBatch) => Draft, batch: EntryBatch): Draft {
  try {
    return draft(batch)
  } catch (error) {
    if (error instanceof ActivationError) return plain(refusals.ofError(error))
    throw error
  }
}
