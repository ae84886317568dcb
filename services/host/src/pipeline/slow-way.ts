import { equal } from '@volact/core/bytes'
import type { OpenedRelease } from '@volact/core/document/release'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { SignedData } from '@volact/core/cose/sign1'
import type { ReleaseMessage } from '@volact/core/wire/activation-messages'
import { encodeMessage, type MessageBody } from '@volact/core/wire/message'
import type { RefusalMessage } from '@volact/core/wire/refusal'
import type { Reply } from '../network/reply.ts'
import type { Lane } from '../verification/verification.ts'
import type { Desk, Draft, ProvenDraft } from './draft-answer.ts'
import type { EntryBatch } from './entry-batch.ts'
import { OpenReplies } from './open-replies.ts'
import { RepeatCounter } from './repeat-counter.ts'
import { RepeatedRequest } from './repeated-request.ts'
import * as refusals from './refusals.ts'
import { SlowRelease } from './slow-release.ts'
import { SlowRequest } from './slow-request.ts'
import type { RequestToVerify, SlowHelp, SlowTools, WaitingItem } from './slow-tools.ts'

/** How long one waits who was sent away because too many signatures wait already, in seconds. */
const busyRetry = 900

/**
 * The slow way (rules 15, 16): verify first, in its lane; then decide in a batch. It is the reference: whatever the fast way answers, this
 * one would have answered, too.
 */
export class SlowWay implements SlowHelp {
  readonly tools: SlowTools
  readonly #repeats = new RepeatCounter()
  readonly #replies = new OpenReplies()

  constructor(tools: SlowTools) {
    this.tools = tools
  }

  /** Takes a request whose signature is not verified yet. */
  take(request: RequestToVerify, given: Reply): void {
    const reply = this.#replies.counted(given)
    try {
      this.#take(request, reply)
    } catch (error) {
      // Such as a last grant that the disk no longer gives back.
      if (!(error instanceof ActivationError)) throw error
      this.#refuse(request, refusals.ofError(error), reply)
    }
  }

  /** A reply that `settled` waits for. */
  counted(reply: Reply): Reply {
    return this.#replies.counted(reply)
  }

  /** Waits until everybody who has asked is answered: signatures are verified meanwhile. */
  settled(): Promise<void> {
    return this.#replies.settled()
  }

  #take(request: RequestToVerify, reply: Reply): void {
    const obstacle = this.tools.obstacle()
    if (obstacle !== undefined) {
      this.tools.watch.show(request.opened.request.checkpoint)
      this.#refuse(request, this.tools.obstacle() ?? obstacle, reply)
      return
    }
    if (this.#isRepeated(request, reply)) return
    const { state, strangers } = this.tools
    const { machine, request: asked } = request.opened
    const ref = state.ref(machine, 0, asked.product, 0)
    const isKnown = ref !== -1 && asked.prev !== undefined && state.isLastGrant(ref, asked.prev, 0)
    if (isKnown) this.#verify('known', request, reply)
    else if (ref !== -1 || this.isSeen(request)) this.#verify('stranger', request, reply)
    else {
      strangers.ask(reply.address, {
        begin: () => {
          this.#verify('stranger', request, reply, () => {
            strangers.giveBack(reply.address)
          })
        },
        sendAway: (why, retryAfter) => {
          this.#refuse(request, why === 'no-room' ? refusals.noRoom(retryAfter) : refusals.busy(retryAfter), reply)
        },
      })
    }
  }

  /** Whether the machine, if it is the one that it says, was here before: then it is no new identity, but waits with them (rule 20). */
  isSeen({ opened: { machine, request } }: RequestToVerify): boolean {
    const flags = { ...request.flags, weak: true }
    return this.tools.state.firstSeen({ machine, anchor: request.anchor, flags }) !== undefined
  }

  /** Takes a release whose signature is not verified yet. */
  takeRelease(release: { opened: OpenedRelease; signed: SignedData }, message: ReleaseMessage, given: Reply): void {
    const { state, work, verification } = this.tools
    const { opened, signed } = release
    const reply = this.#replies.counted(given)
    const item = new SlowRelease(this, opened, message, reply)
    const done = (holds: boolean): void => {
      if (!holds) {
        reply.answer(encodeMessage(refusals.badSignature('release')))
        return
      }
      const ref = state.ref(opened.machine, 0, opened.release.product, 0)
      if (ref !== -1 && state.unverified(ref) && this.settleFirst(state.lastIndex(ref), item)) return
      work.add(item, 'patient')
    }
    if (!verification.add('stranger', { signed, done })) reply.answer(encodeMessage(refusals.busy(busyRetry)))
  }

  /** Puts an item behind the verification of a grant that it depends on; false when nothing is owed for that one. */
  settleFirst(index: number, item: WaitingItem): boolean {
    const { owed, work } = this.tools
    if (!owed.isOwed(index)) return false
    owed.settle(index, {
      settled: () => {
        work.add(item, 'patient')
      },
      failed: (failure) => {
        item.giveUp(failure)
      },
    })
    return true
  }

  /** An old entry that the disk no longer gives back is one client's trouble, not that of the whole batch. */
  drafted(draft: () => Draft): Draft {
    try {
      return draft()
    } catch (error) {
      if (error instanceof ActivationError) return { kind: 'plain', answer: refusals.ofError(error) }
      throw error
    }
  }

  desk(batch: EntryBatch): Desk {
    const { terms, log, state, pools, challenges } = this.tools
    return { terms, log, state, pools, challenges, batch }
  }

  refusal(): Draft | undefined {
    const obstacle = this.tools.obstacle()
    return obstacle && { kind: 'plain', answer: obstacle }
  }

  answerProven(draft: ProvenDraft, reply: Reply): void {
    try {
      this.#prove(draft, reply)
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
      reply.answer(encodeMessage(refusals.ofError(error)))
    }
  }

  #prove(draft: ProvenDraft, reply: Reply): void {
    const { log } = this.tools
    const { as, index, bytes, from, known, notice, recovery } = draft
    const since = draft.since === undefined ? undefined : log.growth(draft.since)
    if (as === 'grant' && (notice ?? recovery ?? since) === undefined) {
      reply.answerFrame(log.press.frame({ entry: bytes, index, from: from ?? 0, withChain: log.needsChain(known) }))
      return
    }
    const proven = { entry: bytes, receipt: log.receipt(index, from), ...log.chainFor(known) }
    const answer: MessageBody =
      as === 'released'
        ? { kind: as, ...proven }
        : {
            ...{ kind: as, ...proven },
            ...(notice && { twin: { entry: notice.bytes, receipt: log.receipt(notice.index, undefined) } }),
            ...(recovery && {
              recovery: { entry: recovery.entry, receipt: log.receipt(recovery.index, recovery.kept) },
            }),
            ...(since && { since }),
          }
    reply.answer(encodeMessage(answer))
  }

  /** Tells who keeps the history of a refusal. */
  told(request: RequestToVerify, draft: Draft, address: string): void {
    if (draft.kind === 'plain' && draft.answer.kind === 'refusal') this.#tell(request, draft.answer, address)
  }

  /** `giveBack` is called for a new identity of which nothing is recorded: a budget is for what grows. */
  #verify(lane: Lane, request: RequestToVerify, reply: Reply, giveBack: () => void = () => undefined): void {
    const { verification, state, work } = this.tools
    const item = new SlowRequest(this, request, reply, giveBack)
    const { machine, request: asked } = request.opened
    const done = (holds: boolean): void => {
      if (!holds) {
        giveBack()
        this.#refuse(request, refusals.badSignature('request'), reply, 'unproven')
        return
      }
      const ref = state.ref(machine, 0, asked.product, 0)
      if (ref !== -1 && state.unverified(ref) && this.settleFirst(state.lastIndex(ref), item)) return
      work.add(item, 'patient')
    }
    if (!verification.add(lane, { signed: request.signed, done })) {
      giveBack()
      this.#refuse(request, refusals.busy(busyRetry), reply, 'unproven')
    }
  }

  /** The bytes of the last granted request: three times at once, then as a stranger (rule 17). */
  #isRepeated({ opened, message }: RequestToVerify, reply: Reply): boolean {
    const { state, work } = this.tools
    const { machine, request, digest } = opened
    const ref = state.ref(machine, 0, request.product, 0)
    if (ref === -1 || (request.prev !== undefined && state.isLastGrant(ref, request.prev, 0))) return false
    const license = state.license(machine, request.product)
    if (license === undefined || !equal(license.req, digest) || this.tools.now() >= license.expires) return false
    if (!this.#repeats.isFree(license.index)) return false
    work.add(new RepeatedRequest(this, { request, machine, digest }, message.knownCertificate, reply))
    return true
  }

  #refuse(
    request: RequestToVerify,
    refusal: RefusalMessage,
    reply: Reply,
    proof: 'unproven' | 'proven' = 'unproven',
  ): void {
    this.#tell(request, refusal, reply.address, proof)
    reply.answer(encodeMessage(refusal))
  }

  #tell(
    { opened: { machine, request }, message: { details } }: RequestToVerify,
    { code, detail }: RefusalMessage,
    address: string,
    proof: 'unproven' | 'proven' = 'proven',
  ): void {
    const { observer, vendor } = this.tools
    const { product, state, flags, time, minutesLeft } = request
    observer.refused(vendor, {
      ...{ code, address, product, state, flags, time, minutesLeft },
      ...(proof === 'proven' && { machine, details }),
      ...(detail?.count !== undefined && { count: detail.count }),
      ...(detail?.threshold !== undefined && { threshold: detail.threshold }),
    })
  }
}
