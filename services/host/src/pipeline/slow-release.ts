import type { OpenedRelease } from '@volact/core/document/release'
import type { ActivationError } from '@volact/core/errors/activation-error'
import type { ReleaseMessage } from '@volact/core/wire/activation-messages'
import { encodeMessage } from '@volact/core/wire/message'
import type { Reply } from '../network/reply.ts'
import { type Draft, draftRelease } from './draft-answer.ts'
import type { EntryBatch } from './entry-batch.ts'
import * as refusals from './refusals.ts'
import type { SlowHelp, WaitingItem } from './slow-tools.ts'

/** A release whose signature holds, on its way through a batch. */
export class SlowRelease implements WaitingItem {
  readonly #way: SlowHelp
  readonly #opened: OpenedRelease
  readonly #message: ReleaseMessage
  readonly #reply: Reply
  #draft: Draft | undefined

  constructor(way: SlowHelp, opened: OpenedRelease, message: ReleaseMessage, reply: Reply) {
    this.#way = way
    this.#opened = opened
    this.#message = message
    this.#reply = reply
  }

  draft(batch: EntryBatch): void {
    this.#draft = this.#way.drafted(
      () => this.#way.refusal() ?? draftRelease(this.#opened, this.#message, this.#way.desk(batch)),
    )
  }

  settle(failure: ActivationError | undefined): void {
    if (this.#draft === undefined) return
    if (this.#draft.kind === 'plain') this.#reply.answer(encodeMessage(this.#draft.answer))
    else if (failure !== undefined) this.giveUp(failure)
    else this.#way.answerProven(this.#draft, this.#reply)
  }

  giveUp(failure: ActivationError): void {
    this.#reply.answer(encodeMessage(refusals.cannotWrite(failure)))
  }
}
