import { equal } from '@volact/core/bytes'
import { uncheckedDataIn } from '@volact/core/document/recognised-request'
import { saltLength } from '@volact/core/document/details'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Grant } from '@volact/core/document/grant'
import { GrantWriter } from '@volact/core/document/grant-writer'
import { parseFlags } from '@volact/core/document/flags'
import { digestLength, nonceLength, uuidLength } from '@volact/core/document/limits'
import { sha256Into } from '@volact/core/crypto'
import { encodeMessage } from '@volact/core/wire/message'
import type { RecognisedActivate } from '@volact/core/wire/recognise-activate'
import type { Instant } from '@volact/core/time'
import type { Reply } from '../network/reply.ts'
import type { LogState, Renewal } from '../state/log-state.ts'
import type { BatchItem } from './batch-work.ts'
import type { CheckpointWatch } from './checkpoint-watch.ts'
import { decideOn, grantTerms } from './decide-request.ts'
import type { EntryBatch, PlacedEntry } from './entry-batch.ts'
import type { HostLog } from './host-log.ts'
import type { OwedSignatures } from './owed-signatures.ts'
import * as refusals from './refusals.ts'
import type { StablePart } from './stable-part.ts'
import { findSold, type SoldProduct, type Terms } from './terms.ts'

/** What the fast way works with. */
export interface FastTools {
  readonly terms: Terms
  readonly log: HostLog
  readonly state: LogState
  readonly stable: StablePart
  readonly watch: CheckpointWatch
  readonly owed: OwedSignatures
  /** Why nothing is granted, if so. */
  readonly isObstructed: () => boolean
  /** Takes what turns out not to be for the fast way. */
  readonly decline: (recognised: RecognisedActivate, reply: Reply) => void
}

/** A product with the writer of its grants. */
interface WrittenProduct {
  readonly sold: SoldProduct
  readonly writer: GrantWriter
  readonly batch: EntryBatch
}

/**
 * The fast way (rule 15): a known license, named by its last grant, everything else as in the last verified request. It does one thing, renew
 * the same lease with a sighting, and the signature is verified afterwards. Whatever is not so goes the slow way, which grants all that
 * this one does.
 */
export class FastWay {
  readonly tools: FastTools
  #products: WrittenProduct[] = []

  constructor(tools: FastTools) {
    this.tools = tools
  }

  /** Whether a request may be renewed without a look at its signature, as things are now. */
  fits(recognised: RecognisedActivate, now: Instant): boolean {
    const { state, stable, owed } = this.tools
    const ref = owed.isFull || this.tools.isObstructed() ? -1 : this.fittingLicense(recognised, now)
    if (ref === -1) return false
    stable.compute(recognised)
    return state.hasStable(ref, stable.digest, 0)
  }

  /** The row of the license that a request names with its last grant, if that was verified, is not over and still counts; or −1. */
  fittingLicense({ bytes, envelope, fields }: RecognisedActivate, now: Instant): number {
    const { state, log } = this.tools
    if (fields.prev === 0 || fields.logId === 0) return -1
    const ref = state.ref(bytes, envelope.machine, bytes, fields.product)
    if (ref === -1 || !state.isLastGrant(ref, bytes, fields.prev) || state.unverified(ref)) return -1
    if (now >= state.expires(ref) || !state.isCounted(ref, now)) return -1
    return equal(bytes.subarray(fields.logId, fields.logId + digestLength), log.logId) ? ref : -1
  }

  /** The product of a request, decided on once a batch: settings may change between two. */
  product(bytes: Uint8Array, at: number, batch: EntryBatch): WrittenProduct | undefined {
    const { terms } = this.tools
    if (this.#products[0]?.batch !== batch) this.#products = []
    const id = bytes.subarray(at, at + uuidLength)
    const known = this.#products.find(({ sold }) => equal(sold.id, id))
    if (known !== undefined) return known
    const sold = findSold(terms, id)
    if (sold === undefined) return undefined
    const made = { sold, writer: new GrantWriter({ logId: terms.logId, features: sold.features }), batch }
    this.#products.push(made)
    return made
  }
}

/** A renewal on its way through a batch. */
export class FastRenewal implements BatchItem {
  readonly #way: FastWay
  readonly #recognised: RecognisedActivate
  readonly #reply: Reply
  #entry: PlacedEntry | undefined
  #from = 0

  constructor(way: FastWay, recognised: RecognisedActivate, reply: Reply) {
    this.#way = way
    this.#recognised = recognised
    this.#reply = reply
  }

  draft(batch: EntryBatch): void {
    this.#entry = this.#attempt(batch)
    if (this.#entry === undefined) this.#way.tools.decline(this.#recognised, this.#reply)
  }

  settle(failure: ActivationError | undefined): void {
    const entry = this.#entry
    if (entry === undefined) return
    if (failure === undefined) this.#answer(entry)
    else this.#reply.answer(encodeMessage(refusals.cannotWrite(failure)))
    // What stands in the ledger is verified, answered or not.
    if (entry.index < this.#way.tools.log.ledger.size) this.#owe(entry)
  }

  /** What the disk no longer gives is for the slow way, which says so. */
  #attempt(batch: EntryBatch): PlacedEntry | undefined {
    try {
      return this.#renew(batch)
    } catch (error) {
      if (error instanceof ActivationError) return undefined
      throw error
    }
  }

  #answer(entry: PlacedEntry): void {
    try {
      this.#reply.answerFrame(this.#frame(entry))
    } catch (error) {
      // An old part of the tree that is damaged is one client's trouble, not that of the whole batch.
      if (!(error instanceof ActivationError)) throw error
      this.#reply.answer(encodeMessage(refusals.ofError(error)))
    }
  }

  #frame({ bytes, index }: PlacedEntry): Uint8Array {
    const { log } = this.#way.tools
    const { bytes: message, known } = this.#recognised
    const withChain = known === 0 || log.needsChain(message.subarray(known, known + digestLength))
    return log.press.frame({ entry: bytes, index, from: this.#from, withChain })
  }

  /** Renews if nothing has changed since the request came: another item of the batch may have been for the same license. */
  #renew(batch: EntryBatch): PlacedEntry | undefined {
    const { state, terms, watch, isObstructed } = this.#way.tools
    const { bytes, fields } = this.#recognised
    const ref = isObstructed() ? -1 : this.#way.fittingLicense(this.#recognised, batch.time)
    const from = ref === -1 ? undefined : watch.sizeOf(bytes, fields.checkpoint, fields.checkpointEnd)
    const product = from === undefined ? undefined : this.#way.product(bytes, fields.product, batch)
    if (from === undefined || product === undefined) return undefined
    const { flags } = this.#recognised.fields
    const decision = decideOn(product.sold, parseFlags(flags, 'request'), terms, state, batch.time)
    if (decision.outcome !== 'activated') return undefined
    this.#from = from
    const { index, cti } = batch.place()
    const grant = { ...this.#asked(), ...grantTerms(decision, product.sold), logId: terms.logId, index, cti }
    state.markUnverified(ref, state.lastIndex(ref))
    state.renew(ref, renewalOf(grant))
    return batch.addGrant(grant, product.writer, this.#beside())
  }

  /** What the grant says of the request. */
  #asked(): AskedClaims {
    const { bytes, envelope, fields, request, requestEnd } = this.#recognised
    const view = (at: number, length: number): Uint8Array => bytes.subarray(at, at + length)
    const req = new Uint8Array(digestLength)
    sha256Into(req, 0, bytes.subarray(request, requestEnd))
    return {
      machine: view(envelope.machine, digestLength),
      req,
      nonce: view(fields.nonce, nonceLength),
      product: view(fields.product, uuidLength),
      anchor: view(fields.anchor, digestLength),
      detailsDigest: view(fields.detailsDigest, digestLength),
      state: fields.state,
      flags: parseFlags(fields.flags, 'request'),
    }
  }

  #beside(): { request: Uint8Array; salt: Uint8Array; details: Uint8Array } {
    const { bytes, request, requestEnd, salt, details, besideEnd } = this.#recognised
    return {
      request: bytes.subarray(request, requestEnd),
      salt: bytes.subarray(salt, salt + saltLength),
      details: bytes.subarray(details, besideEnd),
    }
  }

  #owe({ index, entry }: PlacedEntry): void {
    if (entry.kind !== 'grant') return
    const { cti, req, machine, product } = entry.grant
    const recognised = alone(this.#recognised)
    const bytes = recognised.bytes.length
    this.#way.tools.owed.add({ index, cti, req, machine, product, bytes, signed: () => uncheckedDataIn(recognised) })
  }
}

/** What is held for long does not hold all of the piece, with other messages, in which it came. */
function alone(recognised: RecognisedActivate): RecognisedActivate {
  const { bytes } = recognised
  return bytes.buffer.byteLength > 2 * bytes.length ? { ...recognised, bytes: bytes.slice() } : recognised
}

type AskedClaims = Pick<Grant, 'machine' | 'req' | 'nonce' | 'product' | 'anchor' | 'detailsDigest' | 'state' | 'flags'>

function renewalOf({ index, cti, issued, expires }: Grant): Renewal {
  return { index, cti, ctiAt: 0, issued, expires }
}
