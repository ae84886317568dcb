import { uncheckedDataIn } from '@volact/core/document/recognised-request'
import { saltLength } from '@volact/core/document/details'
import { ActivationError } from '@volact/core/errors/activation-error'
import { attemptOrNothing } from '@volact/core/errors/attempt'
import type { Grant } from '@volact/core/document/grant'
import { GrantWriter } from '@volact/core/document/grant-writer'
import { parseFlags } from '@volact/core/document/flags'
import { digestLength, nonceLength, uuidLength } from '@volact/core/document/limits'
import { requestDigest } from '@volact/core/document/request'
import { sha256Into } from '@volact/core/crypto'
import { encodeMessage } from '@volact/core/wire/message'
import { type RecognisedActivate, recogniseActivate } from '@volact/core/wire/recognise-activate'
import type { Instant } from '@volact/core/time'
import type { Reply } from '../network/reply.ts'
import type { BatchItem } from './batch-work.ts'
import { decideOn, grantTerms } from './decide-request.ts'
import type { EntryBatch, EntryPlace, PlacedEntry } from './entry-batch.ts'
import type { LicenseTools } from './license-tools.ts'
import type { OwedRequest } from './owed-signatures.ts'
import * as refusals from './refusals.ts'
import { findSold, type SoldProduct } from './terms.ts'

/** What the fast way works with. */
export interface FastTools extends LicenseTools {
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

  /** The row of the license of a request that is like the last one that was verified, as things are now; or −1. */
  fits(recognised: RecognisedActivate, now: Instant): number {
    const { state, stable } = this.tools
    const ref = this.tools.isObstructed() ? -1 : this.#named(recognised)
    if (ref === -1 || !this.isRenewable(ref, now)) return -1
    stable.compute(recognised)
    return state.hasStable(ref, stable.digest, 0) ? ref : -1
  }

  /** Whether the last grant of a license was verified, is not over, and still counts. */
  isRenewable(ref: number, now: Instant): boolean {
    const { state } = this.tools
    return !state.unverified(ref) && now < state.expires(ref) && state.isCounted(ref, now)
  }

  /** The row of the license that a request for this log names with its last grant; or −1. */
  #named({ bytes, envelope, fields }: RecognisedActivate): number {
    const { state, log } = this.tools
    if (fields.prev === 0 || fields.logId === 0) return -1
    const ref = state.ref(bytes, envelope.machine, bytes, fields.product)
    if (ref === -1 || !state.isLastGrant(ref, bytes, fields.prev)) return -1
    return isAt(bytes, fields.logId, log.logId) ? ref : -1
  }

  /** The product of a request, decided on once a batch: settings may change between two. */
  product(bytes: Uint8Array, at: number, batch: EntryBatch): WrittenProduct | undefined {
    const { terms } = this.tools
    if (this.#products[0]?.batch !== batch) this.#products = []
    for (const known of this.#products) if (isAt(bytes, at, known.sold.id)) return known
    const sold = findSold(terms, bytes.subarray(at, at + uuidLength))
    if (sold === undefined) return undefined
    const made = { sold, writer: new GrantWriter({ logId: terms.logId, features: sold.features }), batch }
    this.#products.push(made)
    return made
  }
}

/** Whether the signature of a request was verified before its renewal, or is owed. */
export type RenewalProof = 'verified' | 'owed'

/** A renewal on its way through a batch. */
export class FastRenewal implements BatchItem {
  readonly #way: FastWay
  readonly #recognised: RecognisedActivate
  readonly #ref: number
  readonly #lastIndex: number
  readonly #proof: RenewalProof
  readonly #reply: Reply
  #entry: PlacedEntry | undefined
  #from = 0

  /** `ref` is the row that was found to fit. */
  constructor(way: FastWay, recognised: RecognisedActivate, ref: number, reply: Reply, proof: RenewalProof = 'owed') {
    this.#way = way
    this.#recognised = recognised
    this.#ref = ref
    this.#lastIndex = way.tools.state.lastIndex(ref)
    this.#reply = reply
    this.#proof = proof
  }

  draft(batch: EntryBatch): void {
    // What the disk no longer gives is for the slow way, which says so.
    this.#entry = attemptOrNothing(() => this.#renew(batch))
    if (this.#entry === undefined) this.#way.tools.decline(this.#recognised, this.#reply)
  }

  settle(failure: ActivationError | undefined): void {
    const entry = this.#entry
    if (entry === undefined) return
    if (failure === undefined) this.#answer(entry)
    else this.#reply.answer(encodeMessage(refusals.cannotWrite(failure)))
    // What stands in the ledger is verified, answered or not.
    if (this.#proof === 'owed' && entry.index < this.#way.tools.log.ledger.size) this.#owe(entry)
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
    const { state, terms, watch } = this.#way.tools
    const { bytes, fields } = this.#recognised
    if (!this.#stillFits(batch.time)) return undefined
    const from = watch.sizeOf(bytes, fields.checkpoint, fields.checkpointEnd)
    const product = from === undefined ? undefined : this.#way.product(bytes, fields.product, batch)
    if (from === undefined || product === undefined) return undefined
    const flags = parseFlags(fields.flags, 'request')
    const decision = decideOn(product.sold, flags, terms, state, batch.time)
    if (decision.outcome !== 'activated') return undefined
    this.#from = from
    const grant = this.#grant(flags, grantTerms(decision, product.sold), batch.place())
    if (this.#proof === 'owed') state.markUnverified(this.#ref, this.#lastIndex)
    state.renew(this.#ref, grant)
    return batch.addGrant(grant, product.writer, this.#beside())
  }

  /**
   * A grant has its index alone, so that one row with the same last grant is the same license. What its requests are known by goes when the
   * machine comes with other hardware for another product, and is set again only with a grant.
   */
  #stillFits(now: Instant): boolean {
    const { state, isObstructed } = this.#way.tools
    if (isObstructed() || state.lastIndex(this.#ref) !== this.#lastIndex || !state.isStable(this.#ref)) return false
    return this.#way.isRenewable(this.#ref, now)
  }

  /** Written out, since a spread costs more than the rest of it. */
  #grant(flags: Grant['flags'], granted: ReturnType<typeof grantTerms>, { index, cti }: EntryPlace): Grant {
    const { bytes, envelope, fields, request, requestEnd } = this.#recognised
    const req = new Uint8Array(digestLength)
    sha256Into(req, 0, bytes.subarray(request, requestEnd))
    return {
      logId: this.#way.tools.terms.logId,
      index,
      cti,
      machine: bytes.subarray(envelope.machine, envelope.machine + digestLength),
      req,
      nonce: bytes.subarray(fields.nonce, fields.nonce + nonceLength),
      product: bytes.subarray(fields.product, fields.product + uuidLength),
      anchor: bytes.subarray(fields.anchor, fields.anchor + digestLength),
      detailsDigest: bytes.subarray(fields.detailsDigest, fields.detailsDigest + digestLength),
      state: fields.state,
      flags,
      expires: granted.expires,
      notBefore: granted.notBefore,
      issued: granted.issued,
      count: granted.count,
      threshold: granted.threshold,
      thresholdSource: granted.thresholdSource,
      activationMinutes: granted.activationMinutes,
      renewalMinutes: granted.renewalMinutes,
      features: granted.features,
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
    this.#way.tools.owed.add({ index, cti: entry.grant.cti, bytes: this.#recognised.bytes, read: readOwed })
  }
}

/** Whether some bytes stand at an offset of others. A loop, since a view costs more at this length. */
function isAt(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let place = 0; place < wanted.length; place += 1) if (bytes[at + place] !== wanted[place]) return false
  return true
}

/** Reads a message again that was renewed. */
function readOwed(bytes: Uint8Array): OwedRequest {
  const recognised = recogniseActivate(bytes)
  if (recognised === undefined) throw new Error('what was recognised is no longer')
  const { envelope, fields, request, requestEnd } = recognised
  return {
    signed: uncheckedDataIn(recognised),
    machine: bytes.subarray(envelope.machine, envelope.machine + digestLength),
    product: bytes.subarray(fields.product, fields.product + uuidLength),
    req: requestDigest(bytes.subarray(request, requestEnd)),
  }
}
