import { createHash, randomBytes } from 'node:crypto'
import { equal } from '@volact/core/bytes'
import { uuidToBytes } from '@volact/core/catalog/uuid'
import { generatePrivateKey, type Signer, signerFromPkcs8 } from '@volact/core/crypto'
import { detailsDigest, encodeDetails } from '@volact/core/document/details'
import { parseGrant } from '@volact/core/document/grant'
import { type ActivationRequest, requestDigest, signRequest } from '@volact/core/document/request'
import type { Instant } from '@volact/core/time'
import type { GrantMessage } from '@volact/core/wire/activation-messages'
import { decodeMessage, encodeMessage } from '@volact/core/wire/message'

/** How messages of a machine are sent; nothing when no answer comes. */
export type Send = (message: Uint8Array) => Promise<Uint8Array | undefined>

/** What becomes of one attempt on the way. */
export interface Fate {
  readonly request: 'passed' | 'lost'
  readonly answer: 'passed' | 'lost'
}

interface Pending {
  readonly bytes: Uint8Array
  readonly digest: Uint8Array
  readonly prev: Uint8Array | undefined
}

interface License {
  /** The ledger that granted last. */
  readonly logId?: Uint8Array
  readonly head: Uint8Array | undefined
  readonly pending: Pending | undefined
  readonly tries: number
}

/** All that a machine has stored. */
export type Stored = ReadonlyMap<string, License>

const unlicensed: License = { head: undefined, pending: undefined, tries: 0 }

/** How often the bytes of a request are sent before it is given up (rule 14). */
const mostTries = 3

/**
 * A machine as the host sees one, with all that rules 13 to 16 ask of a client and nothing else, so that thousands of them fit into a
 * test: a request is stored before it is sent and sent again as it is, a challenge is answered, the last grant is named.
 */
export class EstateMachine {
  readonly signer: Signer
  readonly anchor: Uint8Array
  readonly #salt: Uint8Array
  readonly #details: Uint8Array
  /** By host and product (rule 13). */
  #licenses = new Map<string, License>()
  /** Whom it asks, of several hosts. */
  host = ''
  /** How often it was told that it is a twin, by an answer to a request of its own. */
  told = 0
  /** What it was refused with, if anything was refused. */
  readonly refusals: string[] = []
  /** All that it has sent. */
  readonly sent: Uint8Array[] = []

  constructor(name: string, signer: Signer = signerFromPkcs8(generatePrivateKey('ESP256'))) {
    this.signer = signer
    this.anchor = new Uint8Array(createHash('sha256').update(signer.publicKey.bytes).digest())
    this.#salt = this.anchor.slice(0, 16)
    this.#details = encodeDetails({ name, addresses: ['192.0.2.1'], version: '1' })
  }

  /** A copy of the machine, key and all. */
  copy(name: string): EstateMachine {
    const copied = new EstateMachine(name, this.signer)
    copied.restore(this.save())
    return copied
  }

  save(): Stored {
    return new Map(this.#licenses)
  }

  restore(stored: Stored): void {
    this.#licenses = new Map(stored)
  }

  /** Stores a request for a product, without sending it. */
  prepare(product: string, now: Instant): Uint8Array {
    const license = this.#licenses.get(this.host + product) ?? unlicensed
    const isFresh = license.pending === undefined || license.tries >= mostTries
    const pending = isFresh ? this.#make(product, now, license.head) : license.pending
    this.#licenses.set(this.host + product, { ...license, pending, tries: isFresh ? 1 : license.tries + 1 })
    return pending.bytes
  }

  /** Asks once. Whether it was granted, as far as it knows. */
  async attempt(product: string, now: Instant, send: Send, fate: Fate = passed): Promise<boolean> {
    this.prepare(product, now)
    const pending = this.#licenses.get(this.host + product)?.pending
    if (pending === undefined || fate.request === 'lost') return false
    const answer = await this.#conversation(pending, product, now, send)
    if (answer === undefined || fate.answer === 'lost') return false
    const { bytes, to } = answer
    const message = decodeMessage(bytes)
    if (message.kind === 'grant') return this.#take(message, to, product)
    this.refusals.push(message.kind === 'refusal' ? message.code : message.kind)
    return false
  }

  async #conversation(
    pending: Pending,
    product: string,
    now: Instant,
    send: Send,
  ): Promise<{ readonly bytes: Uint8Array; readonly to: Pending } | undefined> {
    this.sent.push(pending.bytes)
    const first = await send(pending.bytes)
    if (first === undefined) return undefined
    const message = decodeMessage(first)
    if (message.kind !== 'challenge') return { bytes: first, to: pending }
    const again = this.#make(product, now, pending.prev, message.challenge)
    const second = await send(again.bytes)
    return second && { bytes: second, to: again }
  }

  #take({ entry, twin }: GrantMessage, { digest }: Pending, product: string): boolean {
    const grant = parseGrant(entry)
    if (!equal(grant.req, digest)) throw new Error('the grant is for another request')
    this.#licenses.set(this.host + product, { logId: grant.logId, head: grant.cti, pending: undefined, tries: 0 })
    if (twin !== undefined) this.told += 1
    return true
  }

  #make(product: string, now: Instant, prev: Uint8Array | undefined, challenge?: Uint8Array): Pending {
    const logId = this.#licenses.get(this.host + product)?.logId
    const request: ActivationRequest = {
      nonce: new Uint8Array(randomBytes(16)),
      audience: logId === undefined ? { kind: 'address', address: 'host:1688' } : { kind: 'log', logId },
      ...{ product: uuidToBytes(product), deviceKey: this.signer.publicKey, anchor: this.anchor, state: 1, time: now },
      ...{ minutesLeft: 0, flags: { weak: false, virtual: false, ephemeral: false } },
      detailsDigest: detailsDigest(this.#salt, this.#details),
      ...(prev && { prev }),
      ...(challenge && { challenge }),
    }
    const signed = signRequest(request, this.signer)
    const bytes = encodeMessage({ kind: 'activate', request: signed, salt: this.#salt, details: this.#details })
    return { bytes, digest: requestDigest(signed), prev }
  }
}

const passed: Fate = { request: 'passed', answer: 'passed' }
