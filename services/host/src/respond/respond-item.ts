import { equal, toHex } from '@volact/core/bytes'
import { fileRequestLifetime } from '@volact/core/document/file-request'
import type { Grant } from '@volact/core/document/grant'
import { parseEntry } from '@volact/core/document/ledger-entry'
import type { OpenedRequest } from '@volact/core/document/request'
import { ActivationError } from '@volact/core/errors/activation-error'
import { attempt } from '@volact/core/errors/attempt'
import { hours, toIso } from '@volact/core/time'
import type { ActivateMessage } from '@volact/core/wire/activation-messages'
import type { MessageBody } from '@volact/core/wire/message'
import { decide, type Desk, type Draft, plain, type ProvenDraft } from '../pipeline/draft-answer.ts'
import type { EntryBatch } from '../pipeline/entry-batch.ts'
import { decideRequest } from '../pipeline/decide-request.ts'
import * as refusals from '../pipeline/refusals.ts'
import type { SlowHelp, WaitingItem } from '../pipeline/slow-tools.ts'
import { findSold } from '../pipeline/terms.ts'
import { respondAct, respondArguments } from './respond-entry.ts'
import type { RespondedRequests } from './responded.ts'

/** A file request whose signature holds, and the message that it came in. */
export interface FileRequest {
  readonly opened: OpenedRequest
  readonly message: ActivateMessage
}

/** How far the clock of a machine without a network may be ahead. */
const ahead = hours(24)

/**
 * Answers a file request in a batch (rule 46): an administrator's act, one entry for each request, dated by the answer; the same request
 * again gets the same grant again.
 */
export class RespondItem implements WaitingItem {
  readonly #way: SlowHelp
  readonly #responded: RespondedRequests
  readonly #request: FileRequest
  readonly #done: (answer: MessageBody) => void
  #draft: Draft | undefined

  constructor(way: SlowHelp, responded: RespondedRequests, request: FileRequest, done: (answer: MessageBody) => void) {
    this.#way = way
    this.#responded = responded
    this.#request = request
    this.#done = done
  }

  draft(batch: EntryBatch): void {
    const { machine, request } = this.#request.opened
    const { state } = this.#way.tools
    const ref = state.ref(machine, 0, request.product, 0)
    // Nothing is decided against a grant that is not verified (rule 15).
    if (ref !== -1 && state.unverified(ref) && this.#way.settleFirst(state.lastIndex(ref), this)) return
    this.#draft = this.#way.drafted(() => this.#way.refusal() ?? this.#decide(this.#way.desk(batch)))
  }

  settle(failure: ActivationError | undefined): void {
    const draft = this.#draft
    if (draft === undefined) return
    const problem = failure ?? this.#notDurable()
    if (draft.kind === 'plain') this.#done(draft.answer)
    else if (problem !== undefined) this.giveUp(problem)
    else this.#prove(draft)
  }

  giveUp(failure: ActivationError): void {
    this.#done(refusals.cannotWrite(failure))
  }

  #prove({ index, from, bytes }: ProvenDraft): void {
    const { log } = this.#way.tools
    try {
      const receipt = log.receipt(index, from)
      this.#done({ kind: 'grant', entry: bytes, receipt, ...log.chainFor(undefined) })
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
      this.#done(refusals.ofError(error))
    }
  }

  /** An answer that a power cut made the host forget would be followed by a second one. */
  #notDurable(): ActivationError | undefined {
    return attempt(() => {
      this.#responded.sync()
      return undefined
    })
  }

  #decide(desk: Desk): Draft {
    const { opened, message } = this.#request
    const { log, batch, state } = desk
    const { audience, time, checkpoint } = opened.request
    const problem = unanswerable(opened, desk)
    if (problem !== undefined) return plain(problem)
    const before = this.#responded.find(opened.digest, (index) => batch.pending(index))
    const shown = this.#way.tools.watch.show(checkpoint)
    const proof = { from: shown.kind === 'continued' ? shown.size : undefined, known: undefined }
    if (before !== undefined) return this.#again(before, proof, desk)
    if (audience.kind === 'log' && !equal(audience.logId, log.logId))
      return plain(refusals.wrongLog(toHex(audience.logId)))
    // Who is not granted anything is counted only, and may be brought again, such as when more machines have been counted.
    const sold = findSold(desk.terms, opened.request.product)
    if (sold !== undefined && decideRequest(opened, sold, desk.terms, state, batch.time).kind === 'granted') {
      const act = { act: respondAct, arguments: respondArguments(opened.digest), time: batch.time }
      const added = batch.add((place) => ({ kind: 'administrative', ...act, ...place }))
      state.apply(added.entry)
      this.#responded.add({ digest: opened.digest, index: added.index, made: time })
    }
    return decide(opened, message, { proof, pool: undefined }, desk)
  }

  /** The grant stands right behind the act, or behind the note of a branch; of one that was erased nothing is given again (rule 31). */
  #again(index: number, proof: { from: number | undefined; known: undefined }, { log, batch }: Desk): Draft {
    for (let place = index + 1; place < index + 4; place += 1) {
      const bytes = batch.pending(place) ?? (place < log.ledger.size ? log.ledger.entry(place) : undefined)
      const grant = bytes && grantIn(bytes)
      if (bytes !== undefined && grant !== undefined && equal(grant.req, this.#request.opened.digest)) {
        return { kind: 'proven', as: 'grant', index: place, bytes, ...proof }
      }
    }
    const text = 'what was granted for this file request is gone: make a new one'
    return plain({ kind: 'refusal', code: 'REFUSED', text })
  }
}

function grantIn(bytes: Uint8Array): Grant | undefined {
  const entry = parseEntry(bytes)
  return entry.kind === 'grant' ? entry.grant : undefined
}

function unanswerable({ request: { time, flags } }: OpenedRequest, { batch }: Desk): MessageBody | undefined {
  if (flags.ephemeral) {
    return {
      kind: 'refusal',
      code: 'NOT_SUPPORTED',
      text: 'an ephemeral machine is served by network, with the token of its pool',
    }
  }
  if (time >= batch.time - fileRequestLifetime && time <= batch.time + ahead) return undefined
  const text = `the file request was made ${toIso(time)}, and is answered for 30 days: make a new one`
  return { kind: 'refusal', code: 'CLOCK_SKEW', text }
}
