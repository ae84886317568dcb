import { equal } from '@volact/core/bytes'
import type { ActivationRequest } from '@volact/core/document/request'
import type { ActivationError } from '@volact/core/errors/activation-error'
import { encodeMessage } from '@volact/core/wire/message'
import type { Reply } from '../network/reply.ts'
import type { BatchItem } from './batch-work.ts'
import { type Draft, draftRepeat } from './draft-answer.ts'
import type { EntryBatch } from './entry-batch.ts'
import * as refusals from './refusals.ts'
import type { SlowHelp } from './slow-tools.ts'

/** Which request has come again. */
interface Repeated {
  readonly request: ActivationRequest
  readonly machine: Uint8Array
  readonly digest: Uint8Array
}

/**
 * The bytes of the last granted request, once more: a new receipt for the old entry (rule 17). Nothing is changed by it, so that nothing is
 * verified either; who has granted on these bytes has looked at their signature, or still will.
 */
export class RepeatedRequest implements BatchItem {
  readonly #way: SlowHelp
  readonly #repeated: Repeated
  readonly #known: Uint8Array | undefined
  readonly #reply: Reply
  #draft: Draft | undefined

  constructor(way: SlowHelp, repeated: Repeated, known: Uint8Array | undefined, reply: Reply) {
    this.#way = way
    this.#repeated = repeated
    this.#known = known
    this.#reply = reply
  }

  draft(batch: EntryBatch): void {
    this.#draft = this.#way.drafted(() => this.#again(batch))
  }

  settle(failure: ActivationError | undefined): void {
    if (this.#draft === undefined) return
    if (this.#draft.kind === 'plain') this.#reply.answer(encodeMessage(this.#draft.answer))
    else if (failure !== undefined) this.#reply.answer(encodeMessage(refusals.cannotWrite(failure)))
    else this.#way.answerProven(this.#draft, this.#reply)
  }

  #again(batch: EntryBatch): Draft {
    const { state, watch } = this.#way.tools
    const { machine, request, digest } = this.#repeated
    const license = state.license(machine, request.product)
    const refusal = this.#way.refusal()
    if (refusal !== undefined) return refusal
    // Another grant has come between the two.
    if (license === undefined || !equal(license.req, digest)) return { kind: 'plain', answer: refusals.repeatTooLate() }
    const shown = watch.show(request.checkpoint)
    const from = shown.kind === 'continued' ? shown.size : undefined
    return draftRepeat(license, { from, known: this.#known }, this.#way.desk(batch))
  }
}
