import type { Socket } from 'node:net'
import { ActivationError } from '@volact/core/errors/activation-error'
import { encodeFrame, FrameReader } from '@volact/core/wire/frame'
import { requestLimit } from '@volact/core/wire/limits'
import type { NetworkLimits } from './limits.ts'

/** What to send for a message, and whether the connection is of any use after it. */
export interface Reply {
  readonly answer: Uint8Array
  readonly end: boolean
}

/** Answers one message of a connection. It never fails. */
export type Responder = (message: Uint8Array) => Promise<Reply>

export interface ConnectionOptions {
  readonly limits: NetworkLimits
  readonly respond: Responder
  /** Gives the last words to a stream that is no stream of frames; nothing for a foreign protocol, which is left alone. */
  readonly refuse: (error: ActivationError) => Uint8Array | undefined
}

/**
 * One connection: frames in, answers out in the order of their requests. Whatever the other side does ends this connection
 * alone: silence, bytes that trickle in, answers that are not read, more requests than are taken, garbage.
 */
export class Connection {
  readonly #socket: Socket
  readonly #options: ConnectionOptions
  readonly #reader = new FrameReader(requestLimit)
  #last: Promise<void> = Promise.resolve()
  #unanswered = 0
  #isEnding = false
  /** Whether the stream has lost its meaning, so that what else comes is thrown away. */
  #isLost = false
  #timer: NodeJS.Timeout | undefined

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket
    this.#options = options
    this.#expect(options.limits.firstByte)
    socket.once('data', () => {
      this.#expect(options.limits.frame)
    })
    socket.on('data', (piece) => {
      this.#receive(piece)
    })
    socket.once('end', () => {
      this.#finish()
    })
    socket.on('error', () => socket.destroy())
    socket.once('close', () => {
      clearTimeout(this.#timer)
    })
  }

  /** Reads no more, gives the answers that are owed, and closes; who does not take them in time is cut off. */
  async close(): Promise<void> {
    this.#socket.pause()
    this.#expect(this.#options.limits.farewell)
    await this.#last
    this.#isEnding = true
    this.#socket.destroySoon()
  }

  /** The whole next frame must come in time; a byte now and then does not help. */
  #expect(milliseconds: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#socket.destroy(), milliseconds)
  }

  #receive(piece: Uint8Array): void {
    if (this.#isEnding || this.#isLost) return
    try {
      for (const message of this.#reader.push(piece)) this.#take(message)
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
      this.#isLost = true
      const words = this.#options.refuse(error)
      this.#unanswered += 1
      this.#enqueue(() => Promise.resolve({ answer: words, end: true }))
    }
  }

  #take(message: Uint8Array): void {
    this.#expect(this.#options.limits.frame)
    const reply = this.#options.respond(message)
    this.#unanswered += 1
    if (this.#unanswered >= this.#options.limits.pipelined) this.#socket.pause()
    this.#enqueue(() => reply)
  }

  #enqueue(reply: () => Promise<{ readonly answer: Uint8Array | undefined; readonly end: boolean }>): void {
    this.#last = this.#last.then(async () => {
      const { answer, end } = await reply()
      if (this.#isEnding || this.#socket.destroyed) return
      if (answer !== undefined) await this.#send(answer)
      this.#unanswered -= 1
      if (end) this.#end()
      else if (this.#unanswered < this.#options.limits.pipelined) this.#socket.resume()
    })
  }

  /** Waits while the other side does not read; then its time for the next frame runs out. */
  async #send(answer: Uint8Array): Promise<void> {
    if (this.#socket.write(encodeFrame(answer))) return
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const done = (): void => {
      resolve(undefined)
    }
    this.#socket.once('drain', done).once('close', done)
    await promise
  }

  /** The other side has said all it wants to: what is unanswered still gets its answer. */
  #finish(): void {
    void this.#last.then(() => {
      this.#end()
    })
  }

  #end(): void {
    this.#isEnding = true
    this.#socket.end()
    this.#socket.resume() // What else comes in is thrown away, until the other side closes or its time runs out.
  }
}
