import type { ActivationError } from '@volact/core/errors/activation-error'
import { encodeMessage, type MessageBody } from '@volact/core/wire/message'
import type { Reply } from '../network/reply.ts'
import { type Draft, draftActivation } from './draft-answer.ts'
import type { EntryBatch } from './entry-batch.ts'
import type { RequestToVerify, SlowHelp, WaitingItem } from './slow-tools.ts'
import * as refusals from './refusals.ts'

/** A request on the slow way: its signature holds, and it waits for its batch. */
export class SlowRequest implements WaitingItem {
  readonly #way: SlowHelp
  readonly #request: RequestToVerify
  readonly #reply: Reply
  readonly #giveBack: () => void
  #draft: Draft | undefined

  /** `giveBack` is called if nothing of the machine is recorded in the end. */
  constructor(way: SlowHelp, request: RequestToVerify, reply: Reply, giveBack: () => void) {
    this.#way = way
    this.#request = request
    this.#reply = reply
    this.#giveBack = giveBack
  }

  draft(batch: EntryBatch): void {
    const { opened } = this.#request
    const { state } = this.#way.tools
    const ref = state.ref(opened.machine, 0, opened.request.product, 0)
    // A grant of the fast way has come between: nothing is decided against one that is not verified (rules 15, 18).
    if (ref !== -1 && state.unverified(ref) && this.#way.settleFirst(state.lastIndex(ref), this)) return
    this.#draft = this.#way.drafted(() => this.#decide(batch))
    this.#keepStable()
  }

  settle(failure: ActivationError | undefined): void {
    const draft = this.#draft
    if (draft === undefined) return
    this.#draft = undefined
    this.#way.told(this.#request, draft, this.#reply.address)
    if (!this.#way.isSeen(this.#request)) this.#giveBack()
    if (draft.kind === 'plain') this.#answer(draft.answer)
    else if (failure !== undefined) this.giveUp(failure)
    else this.#way.answerProven(draft, this.#reply)
  }

  giveUp(failure: ActivationError): void {
    this.#answer(refusals.cannotWrite(failure))
  }

  #decide(batch: EntryBatch): Draft {
    const { opened, message } = this.#request
    const { watch } = this.#way.tools
    const shown = watch.show(opened.request.checkpoint)
    const from = shown.kind === 'continued' ? shown.size : undefined
    const recovery = shown.kind === 'recovered' ? shown.recovery : watch.recovery(message.recovery)
    const draft = this.#way.refusal() ?? draftActivation(opened, message, from, this.#way.desk(batch))
    if (draft.kind === 'plain') return draft
    const { since } = message
    return { ...draft, ...(recovery && { recovery }), ...(since !== undefined && { since }) }
  }

  /** What was granted on a verified signature may be renewed by requests like this one (rule 15). */
  #keepStable(): void {
    const { opened, recognised } = this.#request
    const { state, stable } = this.#way.tools
    if (this.#draft?.kind !== 'proven' || recognised === undefined) return
    const ref = state.ref(opened.machine, 0, opened.request.product, 0)
    if (ref === -1 || state.lastIndex(ref) !== this.#draft.index) return
    stable.compute(recognised)
    state.setStable(ref, stable.digest, 0)
  }

  #answer(answer: MessageBody): void {
    this.#reply.answer(encodeMessage(answer))
  }
}
