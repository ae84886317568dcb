import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { thumbprint } from '@volact/core/cose/key'
import type { Signer } from '@volact/core/crypto'
import { detailsDigest, encodeDetails } from '@volact/core/document/details'
import { makePoolProof, type PoolToken } from '@volact/core/document/pool-token'
import { type ActivationRequest, type Audience, requestDigest, signRequest } from '@volact/core/document/request'
import { signRelease } from '@volact/core/document/release'
import { type VerifiedAnswer, verifyAnswer } from '@volact/core/document/verify-answer'
import type { Grant } from '@volact/core/document/grant'
import { uuidToBytes } from '@volact/core/catalog/uuid'
import { familyOf } from '@volact/core/catalog/applications'
import type { Instant } from '@volact/core/time'
import { encodeFrame, FrameReader } from '@volact/core/wire/frame'
import { decodeMessage, encodeMessage, type Message, type MessageBody } from '@volact/core/wire/message'
import { newSigner, type TestVendor } from './vendor.fixture.ts'

/** A request that a machine has sent, with what is needed to send it again and to check the answer. */
export interface SentRequest {
  readonly request: ActivationRequest
  readonly bytes: Uint8Array
  readonly message: MessageBody
}

/** A machine with a device key, an anchor and a name; it remembers the last grant, as a client does. */
export class TestMachine {
  readonly signer: Signer
  readonly anchor: Uint8Array
  readonly name: string
  /** The pool that this machine is one of, which makes it ephemeral (rule 38). */
  pool: PoolToken | undefined
  prev: Uint8Array | undefined
  /** The ledger that has granted, which is named from then on. */
  logId: Uint8Array | undefined
  /** Kept while the details are the same, as clients keep it (protocol.md §6.2). */
  readonly salt: Uint8Array = new Uint8Array(randomBytes(16))
  checkpoint: Uint8Array | undefined

  constructor(name: string, anchor: Uint8Array = new Uint8Array(randomBytes(32)), signer: Signer = newSigner()) {
    this.name = name
    this.anchor = anchor
    this.signer = signer
  }

  get id(): Uint8Array {
    return thumbprint(this.signer.publicKey)
  }

  /** Makes a request for a product. */
  request(product: string, time: Instant, changes: Partial<ActivationRequest> = {}): SentRequest {
    const { salt } = this
    const details = encodeDetails({ name: this.name, addresses: ['192.0.2.1'], version: '1' })
    const request: ActivationRequest = {
      ...{ nonce: new Uint8Array(randomBytes(16)), audience: this.#audience() },
      ...{ product: uuidToBytes(product), deviceKey: this.signer.publicKey, anchor: this.anchor, state: 2, time },
      ...{ minutesLeft: 0, flags: { weak: false, virtual: false, ephemeral: this.pool !== undefined } },
      detailsDigest: detailsDigest(salt, details),
      ...(this.prev && { prev: this.prev }),
      ...(this.checkpoint && { checkpoint: this.checkpoint }),
      ...changes,
    }
    const bytes = signRequest(request, this.signer)
    const pool = this.pool && makePoolProof(this.pool, requestDigest(bytes))
    return { request, bytes, message: { kind: 'activate', request: bytes, salt, details, ...(pool && { pool }) } }
  }

  /** Asks for a product, and answers the challenge if there is one. */
  async ask(
    address: string,
    product: string,
    time: Instant,
    changes: Partial<ActivationRequest> = {},
  ): Promise<{ readonly sent: SentRequest; readonly answer: Message }> {
    const first = this.request(product, time, changes)
    const answer = await ask(address, first.message)
    if (answer.kind !== 'challenge') return { sent: first, answer }
    const sent = this.request(product, time, { ...changes, challenge: answer.challenge })
    return { sent, answer: await ask(address, sent.message) }
  }

  #audience(): Audience {
    return this.logId === undefined ? { kind: 'address', address: 'host:1688' } : { kind: 'log', logId: this.logId }
  }

  /** A copy of this machine, key and all. */
  copy(name: string): TestMachine {
    const copied = new TestMachine(name, this.anchor, this.signer)
    copied.prev = this.prev
    copied.checkpoint = this.checkpoint
    copied.logId = this.logId
    return copied
  }

  /** Gives a grant back. */
  release({ logId, product, cti }: Grant, time: Instant): MessageBody {
    const fields = { nonce: new Uint8Array(randomBytes(16)), logId, product, time, grant: cti }
    return { kind: 'release', release: signRelease({ ...fields, deviceKey: this.signer.publicKey }, this.signer) }
  }

  /** Checks a grant as a client does (protocol.md §10), and remembers it. */
  accept(vendor: Pick<TestVendor, 'catalog' | 'root'>, sent: SentRequest, answer: Message): VerifiedAnswer {
    if (answer.kind !== 'grant') throw new Error(`no grant but ${JSON.stringify(answer)}`)
    const { entry, receipt, chain = [] } = answer
    const { nonce, anchor, product, checkpoint } = sent.request
    const sold = vendor.catalog.products.find(({ activationId }) =>
      uuidToBytes(activationId).every((b, i) => b === product[i]),
    )
    const group = vendor.catalog.groups.find(({ slug }) => slug === sold?.group)
    if (sold === undefined || group === undefined) throw new Error('no such product')
    const { activationId, generation } = sold
    const { slug: family, threshold } = familyOf(vendor.catalog, sold)
    const verified = verifyAnswer(
      { entry, receipt, chain },
      {
        roots: [vendor.root],
        request: { digest: requestDigest(sent.bytes), nonce, machine: this.id, anchor },
        product: { activationId, group: group.number, generation, family, threshold },
        ...(checkpoint && { checkpoint }),
      },
    )
    this.prev = verified.grant.cti
    this.checkpoint = verified.checkpoint
    this.logId = verified.grant.logId
    return verified
  }
}

/** An open connection that sends messages and reads answers in order. */
export class TestConnection {
  readonly socket: Socket
  readonly #reader = new FrameReader(65_536)
  readonly #answers: Message[] = []
  #wake: () => void = () => undefined

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (piece) => {
      this.#answers.push(...this.#reader.push(piece).map(decodeMessage))
      this.#wake()
    })
    socket.on('error', () => undefined)
    const wake = (): void => {
      this.#wake()
    }
    socket.once('end', wake).once('close', wake)
  }

  static async open(address: string): Promise<TestConnection> {
    const [host = '', port = ''] = address.split(':')
    const socket = connect({ host, port: Number(port) })
    await once(socket, 'connect')
    return new TestConnection(socket)
  }

  send(message: Message): void {
    this.socket.write(encodeFrame(encodeMessage(message)))
  }

  /** The next answer; `undefined` when the other side has closed instead. */
  async next(): Promise<Message | undefined> {
    while (this.#answers.length === 0 && !this.socket.destroyed && !this.socket.readableEnded) {
      const { promise, resolve } = Promise.withResolvers<undefined>()
      this.#wake = () => {
        resolve(undefined)
      }
      await promise
    }
    return this.#answers.shift()
  }

  close(): void {
    this.socket.destroy()
  }
}

/** Connects, asks once, and closes, as a client does. */
export async function ask(address: string, message: Message): Promise<Message> {
  const connection = await TestConnection.open(address)
  connection.send(message)
  const answer = await connection.next()
  connection.close()
  if (answer === undefined) throw new Error('the host closed without an answer')
  return answer
}
