import { existsSync } from 'node:fs'
import type { OpenedRelease } from '@volact/core/document/release'
import type { OpenedRequest } from '@volact/core/document/request'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { ActivateMessage, ReleaseMessage } from '@volact/core/wire/activation-messages'
import type { MessageBody } from '@volact/core/wire/message'
import { writeDurably } from '@volact/files/durable'
import { readLimited } from '@volact/files/read-limited'
import { fileLimits, type VendorFiles } from '../folder/files.ts'
import { Batcher } from './batcher.ts'
import { Challenges } from './challenge.ts'
import type { LedgerClock } from './clock.ts'
import { type Desk, type Draft, draftActivation, draftRelease, plain } from './draft-answer.ts'
import { EntryBatch, type HostLog, type NewEntry } from './host-log.ts'
import { LogState } from './log-state.ts'
import * as refusals from './refusals.ts'
import { examineCheckpoint, type ShownCheckpoint } from './shown-checkpoint.ts'
import type { Terms } from './terms.ts'

interface Item {
  readonly draft: (batch: EntryBatch) => Draft
  readonly resolve: (answer: MessageBody) => void
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
    return this.#queue((batch) => {
      const shown = this.show(opened.request.checkpoint)
      const from = shown.kind === 'continued' ? shown.size : undefined
      return this.#obstacle() ?? draftActivation(opened, message, from, this.#desk(batch))
    })
  }

  /** Answers a release whose signature holds. */
  release(opened: OpenedRelease, message: ReleaseMessage): Promise<MessageBody> {
    return this.#queue((batch) => this.#obstacle() ?? draftRelease(opened, message, this.#desk(batch)))
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

  #queue(draft: Item['draft']): Promise<MessageBody> {
    const { promise, resolve } = Promise.withResolvers<MessageBody>()
    this.#batcher.add({ draft, resolve })
    return promise
  }

  #desk(batch: EntryBatch): Desk {
    return { terms: this.terms, log: this.log, state: this.#state, challenges: this.#challenges, batch }
  }

  #obstacle(): Draft | undefined {
    if (this.#halt !== undefined) return plain(refusals.halted(this.#halt))
    const clock = this.clock.state()
    return clock === 'good' ? undefined : plain(refusals.clockSkew(clock, this.clock.wall()))
  }

  async #work(items: readonly Item[]): Promise<void> {
    const batch = new EntryBatch(this.log.ledger.size, this.clock.time())
    const drafts = items.map(({ draft }) => draftOf(draft, batch))
    const failure = await this.#commit(batch)
    for (const [position, { resolve }] of items.entries()) {
      const draft = drafts[position]
      if (draft !== undefined) resolve(failure ?? this.#answer(draft))
    }
    if (failure === undefined) this.#keep(batch)
  }

  /** What was decided counts on entries that the disk did not take: so it is forgotten, and nothing of it is answered. */
  async #commit(batch: EntryBatch): Promise<MessageBody | undefined> {
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
      return refusals.cannotWrite(error)
    }
  }

  #answer(draft: Draft): MessageBody {
    if (draft.kind === 'plain') return draft.answer
    const { as, index, bytes, from, known } = draft
    return { kind: as, entry: bytes, receipt: this.log.receipt(index, from), ...this.log.chainFor(known) }
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
function draftOf(draft: Item['draft'], batch: EntryBatch): Draft {
  try {
    return draft(batch)
  } catch (error) {
    if (error instanceof ActivationError) return plain(refusals.ofError(error))
    throw error
  }
}
