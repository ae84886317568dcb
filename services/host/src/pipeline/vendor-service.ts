import type { CborValue } from '@volact/core/cbor/value'
import { readRecognised, signedDataIn, uncheckedDataIn } from '@volact/core/document/recognised-request'
import { readRelease } from '@volact/core/document/release'
import { readRequest } from '@volact/core/document/request'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import type { ActivateMessage, ReleaseMessage } from '@volact/core/wire/activation-messages'
import { encodeMessage, type MessageBody } from '@volact/core/wire/message'
import type { RecognisedActivate } from '@volact/core/wire/recognise-activate'
import type { VendorFiles } from '../folder/files.ts'
import type { HostObserver } from '../index/observer.ts'
import type { Reply } from '../network/reply.ts'
import { type SpareInUse, spareInUse } from '../spare/spare-end.ts'
import type { LogState } from '../state/log-state.ts'
import { openState } from '../state/open-state.ts'
import { StateKeeper } from '../state/state-keeper.ts'
import type { Strangers } from '../strangers/strangers.ts'
import type { Verification } from '../verification/verification.ts'
import { RespondedRequests } from '../respond/responded.ts'
import { type FileRequest, RespondItem } from '../respond/respond-item.ts'
import { BatchWork } from './batch-work.ts'
import { Challenges } from './challenge.ts'
import { CheckpointWatch, type Halt } from './checkpoint-watch.ts'
import type { LedgerClock } from './clock.ts'
import type { KnownTime } from './known-time.ts'
import type { EntryBatch } from './entry-batch.ts'
import { FastRenewal, FastWay } from './fast-way.ts'
import type { HostLog } from './host-log.ts'
import { Obstacles } from './obstacles.ts'
import { OwedSignatures } from './owed-signatures.ts'
import { oweBehindMark } from './owe-behind-mark.ts'
import { poolArguments } from './pool-acts.ts'
import { Pools } from './pools.ts'
import { QuantityWatch } from './quantity.ts'
import * as refusals from './refusals.ts'
import { recognisedMessage } from './recognised-message.ts'
import { type RecordedAct, RecordActs } from './record-acts.ts'
import { RecordForgotten } from './record-forgotten.ts'
import { SlowWay } from './slow-way.ts'
import { openStableKey } from './stable-key.ts'
import { StablePart } from './stable-part.ts'
import type { ShownCheckpoint } from './shown-checkpoint.ts'
import type { Terms } from './terms.ts'
import { VerifiedMark } from './verified-mark.ts'

export type { Halt } from './checkpoint-watch.ts'

/** Who is told what happens. */
export type ServiceObserver = Partial<Pick<HostObserver, 'grown' | 'refused'>> & Pick<HostObserver, 'note'>

/** What a service has besides its ledger. */
export interface ServiceSurroundings {
  readonly vendor: string
  readonly files: VendorFiles
  readonly observer: ServiceObserver
  readonly verification: Verification
  /** The door for new identities (rule 39); without it everybody is let in. */
  readonly strangers?: Pick<Strangers, 'ask' | 'giveBack'>
  readonly knownTime: KnownTime
  /** `off` sends every request the slow way. */
  readonly fastWay?: 'on' | 'off'
}

/** How often it is written down what is verified, in milliseconds. */
const markInterval = 1_000

/** Numbers of a service, for status and metrics. */
export interface ServiceFigures {
  /** Answers by the way they have gone. */
  readonly fast: number
  readonly slow: number
  readonly declined: number
  readonly batches: ReturnType<BatchWork['figures']>
  /** Grants whose signature is owed, and the seconds until none is, if nobody asked any more. */
  readonly unverified: number
  readonly drainSeconds: number
  readonly disputed: number
}

/**
 * Serves the products of one vendor from one ledger: the fast way for renewals of what is known, the slow way, verified first, for
 * all else; both in batches (rule 22).
 */
export class VendorService {
  readonly terms: Terms
  readonly log: HostLog
  readonly clock: LedgerClock
  /** What the ledger amounts to at present. */
  readonly state: LogState
  /** The pools of ephemeral machines (rule 38). */
  readonly pools: Pools
  /** Of a spare that is in use: for whom, and until when it serves (rule 47). */
  readonly spare: SpareInUse | undefined
  readonly #surroundings: ServiceSurroundings
  readonly #watch: CheckpointWatch
  readonly #quantity: QuantityWatch
  /** The file requests that were answered; read when the first is brought. */
  #responded: RespondedRequests | undefined
  readonly #obstacles: Obstacles
  readonly #work: BatchWork
  readonly #owed: OwedSignatures
  readonly #mark: VerifiedMark
  readonly #keeper: StateKeeper
  readonly #fastWay: FastWay
  readonly #slowWay: SlowWay
  #fast = 0
  #slow = 0
  #declined = 0
  #markTimer: NodeJS.Timeout | undefined

  constructor(terms: Terms, log: HostLog, clock: LedgerClock, surroundings: ServiceSurroundings) {
    const { files, observer, verification, vendor, strangers } = surroundings
    const { note } = observer
    this.terms = terms
    this.log = log
    this.clock = clock
    this.spare = spareInUse(log.certificate, log.ledger)
    this.#surroundings = surroundings
    this.#mark = new VerifiedMark(files.verified)
    const verified = this.#mark.within(log.ledger.size)
    const options = { snapshot: files.snapshot, logId: log.logId, verified, note }
    this.state = openState(terms.catalog, log.ledger, options)
    const { state } = this
    this.#keeper = new StateKeeper({ snapshot: files.snapshot, state, source: log, note })
    this.#watch = new CheckpointWatch(log, files, note)
    this.#obstacles = new Obstacles({ watch: this.#watch, clock, spare: this.spare })
    this.#quantity = new QuantityWatch(terms, state, note)
    this.#work = new BatchWork({ log, state, clock, verification, note, committed: this.#committed })
    const add = this.#work.add.bind(this.#work)
    this.#owed = new OwedSignatures({ state, verification, add, note })
    this.pools = new Pools(files.pools, async (acts) => {
      await this.recordActs(acts.map((act) => ({ act: act.act, arguments: poolArguments(act) })))
    })
    const shared = { terms, log, state, stable: new StablePart(openStableKey(files.stableKey)), watch: this.#watch }
    this.#fastWay = new FastWay({
      ...{ ...shared, owed: this.#owed },
      isObstructed: () => this.#obstacles.present() !== undefined,
      decline: (recognised, reply) => {
        this.#declined += 1
        this.#goSlow(recognised, reply)
      },
    })
    this.#slowWay = new SlowWay({
      ...{ ...shared, owed: this.#owed, vendor, verification, work: this.#work, pools: this.pools },
      challenges: new Challenges(),
      observer: { refused: (...told) => observer.refused?.(...told) },
      obstacle: () => this.#obstacles.present(),
      strangers: strangers ?? everybody,
      now: () => clock.time(),
    })
    oweBehindMark(verified, { log, state, owed: this.#owed })
  }

  /** Until when the host serves with other hardware than was certified (rule 36); nothing while it is the certified one. */
  get hardwareEnd(): Instant | undefined {
    return this.#obstacles.hardwareEnd
  }

  /** Says until when it serves. */
  serveUntil(end: Instant | undefined): void {
    this.#obstacles.hardwareEnd = end
  }

  /** Why nothing is granted, if so (rule 26). */
  get halt(): Halt | undefined {
    return this.#watch.halt
  }

  /** Answers a request that was recognised. */
  activateRecognised(recognised: RecognisedActivate, reply: Reply): void {
    this.#surroundings.verification.hear()
    const ref = this.#surroundings.fastWay === 'off' ? -1 : this.#fastWay.fits(recognised, this.clock.time())
    if (ref !== -1 && !this.#owed.isFull) {
      this.#fast += 1
      this.#surroundings.verification.hearRenewal()
      this.#work.add(new FastRenewal(this.#fastWay, recognised, ref, reply))
      return
    }
    this.#slow += 1
    if (ref === -1) this.#goSlow(recognised, reply)
    else this.#verifyFirst(recognised, ref, reply)
  }

  /** Answers any other request. Throws what is wrong with it. */
  activate(message: ActivateMessage, reply: Reply): void {
    this.#surroundings.verification.hear()
    const { opened, signed } = readRequest(message.request)
    this.#slow += 1
    this.#slowWay.take({ opened, signed, message, recognised: undefined }, reply)
  }

  /** Answers a release. Throws what is wrong with it. */
  release(message: ReleaseMessage, reply: Reply): void {
    this.#slowWay.takeRelease(readRelease(message.release), message, reply)
  }

  /** Looks at a checkpoint that somebody shows. One of ours that is not in our tree ends all granting, beyond a restart (rule 26). */
  show(checkpoint: Uint8Array | undefined): ShownCheckpoint {
    return this.#watch.show(checkpoint)
  }

  /** Answers the request of a machine without a network, which an administrator has brought (rule 46). */
  respond(request: FileRequest): Promise<MessageBody> {
    const { promise, resolve } = Promise.withResolvers<MessageBody>()
    const { responded } = this.#surroundings.files
    this.#responded ??= new RespondedRequests(responded, this.log.ledger, this.clock.time())
    this.#work.add(new RespondItem(this.#slowWay, this.#responded, request, resolve))
    return promise
  }

  /** Writes administrative entries; what keeps the host from granting keeps it from that, too. Done when they are durable. */
  recordActs(
    acts: readonly { readonly act: string; readonly arguments: ReadonlyMap<string, CborValue> }[],
  ): Promise<readonly RecordedAct[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly RecordedAct[]>()
    const { log, state } = this
    const tools = { log, state, obstacle: () => this.#obstacles.present() }
    this.#work.add(new RecordActs(acts, tools, { resolve, reject }))
    return promise
  }

  figures(): ServiceFigures {
    const { secondsEach } = this.#surroundings.verification.figures()
    const unverified = this.#owed.count
    return {
      ...{ fast: this.#fast, slow: this.#slow, declined: this.#declined, disputed: this.#owed.disputed },
      ...{ batches: this.#work.figures(), unverified, drainSeconds: unverified * secondsEach },
    }
  }

  /** Believes the clock from now on, beyond a restart (rule 43). `CLOCK_SKEW` where it is behind the ledger. */
  acceptClock(): Instant {
    const time = this.clock.accept()
    this.#surroundings.knownTime.keep(time)
    return time
  }

  /** Remembers what is verified by now, and what time it is. */
  keepMark(): void {
    try {
      this.#mark.write(this.#owed.verifiedUpTo(this.log.ledger.size))
      if (this.clock.state() === 'good') this.#surroundings.knownTime.keep(this.clock.time())
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
      this.#surroundings.observer.note(error.message)
    }
  }

  /** Forgets a machine whose entries these are (rule 31): in memory, and then in the ledger, which says so before it erases. */
  async forget(machine: Uint8Array, entries: readonly number[]): Promise<void> {
    const { log, state } = this
    await state.forget(machine)
    await this.#keeper.drop()
    if (entries.length === 0) return
    await new Promise<undefined>((resolve, reject) => {
      this.#work.add(new RecordForgotten(entries, { resolve, reject }))
    })
    await log.ledger.eraseEntries(entries)
    await log.ledger.eraseDetails(entries)
  }

  /** Begins what goes on beside the answers. */
  start(): void {
    this.#keeper.start()
    this.#markTimer ??= setInterval(() => {
      this.keepMark()
      this.#quantity.look(this.clock.seen())
    }, markInterval)
    this.#markTimer.unref()
  }

  /** Waits until everything that came in is answered, and closes the ledger. */
  async close(): Promise<void> {
    await this.#slowWay.settled()
    await this.#work.drain()
    // Who turned out not to be for the fast way.
    await this.#slowWay.settled()
    await this.#work.drain()
    // What is verified from now on is verified again at the next start.
    this.#owed.close()
    clearInterval(this.#markTimer)
    await this.#work.drain()
    this.keepMark()
    this.#mark.close()
    await this.#keeper.close()
    this.log.ledger.close()
  }

  /** Renews as the fast way does, but behind the signature: so much is owed that no more may be. */
  #verifyFirst(recognised: RecognisedActivate, ref: number, given: Reply): void {
    const reply = this.#slowWay.counted(given)
    // Made now, since the row is good for this turn alone.
    const renewal = new FastRenewal(this.#fastWay, recognised, ref, reply, 'verified')
    const check = {
      signed: uncheckedDataIn(recognised),
      done: (holds: boolean) => {
        if (holds) this.#work.add(renewal, 'patient')
        else this.#goSlow(recognised, reply)
      },
    }
    if (!this.#surroundings.verification.add('known', check)) this.#goSlow(recognised, reply)
  }

  #goSlow(recognised: RecognisedActivate, reply: Reply): void {
    const signed = signedDataIn(recognised)
    if (signed === undefined) {
      reply.answer(encodeMessage(refusals.badSignature('request')))
      return
    }
    const opened = readRecognised(recognised)
    this.#slowWay.take({ opened, signed, message: recognisedMessage(recognised), recognised }, reply)
  }

  /** Behind the answers, in its own time: what may be lost (rule 31). */
  readonly #committed = ({ entries, first }: EntryBatch): void => {
    const { observer } = this.#surroundings
    const records = entries.flatMap(({ details }, position) =>
      details === undefined ? [] : [{ ...details, index: first + position }],
    )
    try {
      this.log.ledger.keepDetails(records)
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
      observer.note(error.message)
    }
    observer.grown?.(this.#surroundings.vendor, first + entries.length)
  }
}

const everybody: Pick<Strangers, 'ask' | 'giveBack'> = {
  ask: (_, { begin }) => {
    begin()
  },
  giveBack: () => undefined,
}
