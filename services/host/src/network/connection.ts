import type { Duplex } from 'node:stream'
import { ActivationError } from '@volact/core/errors/activation-error'
import { encodeFrame } from '@volact/core/wire/frame'
import type { Backlog } from './backlog.ts'
import { IncomingMessages } from './incoming-messages.ts'
import type { NetworkLimits } from './limits.ts'
import { PendingReply, type Reply } from './reply.ts'

/** Answers one message of a connection through its reply, now or later. It never fails. */
export type Responder = (message: Uint8Array, reply: Reply) => void

export interface ConnectionOptions {
  readonly limits: NetworkLimits
  /** Is told of each connection that comes, before it says anything. */
  readonly arrived?: () => void
  readonly respond: Responder
  /** Gives the last words to a stream that is no stream of frames; nothing for a foreign protocol, which is left alone. */
  readonly refuse: (error: ActivationError, address: string) => Uint8Array | undefined
}

/** What the connections of a server have in common. */
export interface ConnectionSurroundings {
  /** Milliseconds that have run. */
  readonly time: () => number
  readonly backlog: Backlog
  /** Cuts off who takes up most of the memory and does not read, so that others are heard. */
  readonly relieve: () => void
}

/** A stream with two ends: TCP, or TLS over it. */
export type ConnectionSocket = Duplex & {
  readonly remoteAddress?: string | undefined
  /** Of TLS. */
  readonly encrypted?: boolean
  destroySoon?(): void
}

/**
 * One connection: frames in, answers out in the order of their requests. Whatever the other side does ends this connection
 * alone: silence, bytes that trickle in, answers that are not read, more requests than are taken, garbage. It has no timer of its own:
 * who has it looks at `due` now and then.
 */
export class Connection {
  readonly #socket: ConnectionSocket
  readonly #options: ConnectionOptions
  readonly #time: () => number
  readonly #backlog: Backlog
  readonly #relieve: () => void
  readonly #incoming = new IncomingMessages()
  /** Whether requests are being taken now. */
  #isTaking = false
  /** Bytes behind the last request that was taken, while no more is read. */
  #rest = 0
  /** The replies that are owed, as a list in the order of their requests. */
  #first: PendingReply | undefined
  #last: PendingReply | undefined
  #unanswered = 0
  /** Bytes that wait in memory for this connection. */
  #held = 0
  /** When the other side has to have done what is expected of it, in the milliseconds of `time`. */
  #due: number
  #hasBegun = false
  #isEnding = false
  /** Whether the other side says no more, or is not listened to any more. */
  #isFinished = false
  /** Whether the other side has ended, so that nothing is left unread. */
  #hasHeardAll = false
  /** Whether the stream has lost its meaning, so that what else comes is thrown away. */
  #isLost = false
  /** Whether the other side does not read what it is given. */
  #isBlocked = false
  #isCorked = false
  /** Whether no more is read while so much is unanswered. */
  #isPaused = false
  #isClosing = false
  #isGone = false

  constructor(
    socket: ConnectionSocket,
    options: ConnectionOptions,
    { time, backlog, relieve }: ConnectionSurroundings,
  ) {
    this.#socket = socket
    this.#options = options
    this.#time = time
    this.#backlog = backlog
    this.#relieve = relieve
    this.#due = time() + options.limits.firstByte
    socket.on('data', (piece: Uint8Array) => {
      this.#receive(piece)
    })
    socket.on('end', () => {
      this.#finish()
    })
    socket.on('error', () => socket.destroy())
  }

  /** Who is on the other side, as the system writes it. */
  get address(): string {
    return this.#socket.remoteAddress ?? ''
  }

  /** Whether it waits for nothing of ours: it has not asked, or does not take what it was given. */
  get isIdle(): boolean {
    return this.#unanswered === 0 || this.#isBlocked
  }

  /** Bytes that wait in memory for it. */
  get held(): number {
    return this.#held
  }

  cutOff(): void {
    this.#hold(-this.#held)
    this.#isGone = true
    this.#socket.destroy()
  }

  /** The connection is closed: nothing waits for it any more. */
  leave(): void {
    this.#hold(-this.#held)
    this.#isGone = true
  }

  /** Cuts the other side off if it has not done in time what is expected of it; while it is we who owe something, that is nothing. */
  expire(now: number): void {
    const isOurTurn = this.#unanswered > 0 && !this.#isBlocked && !this.#isClosing
    if (now >= this.#due && !isOurTurn) this.#socket.destroy()
  }

  /** Reads no more, gives the answers that are owed, and closes; who does not take them in time is cut off. */
  close(): void {
    this.#socket.pause()
    this.#isClosing = true
    this.#expect(this.#options.limits.farewell)
    this.#isFinished = true
    if (this.#unanswered === 0) this.#leave()
  }

  /** Takes note of an answer, which leaves at once if those before it have. */
  answered(reply: PendingReply): void {
    if (reply !== this.#first || this.#isBlocked) {
      const bytes = reply.bytes?.length ?? 0
      reply.held += bytes
      this.#hold(bytes)
    }
    this.#flush()
  }

  /** Sends what has been answered, in order, as far as the other side takes it. */
  #flush(): void {
    for (let reply = this.#first; reply?.isAnswered === true && !this.#isBlocked; reply = this.#first) {
      this.#first = reply.next
      this.#unanswered -= 1
      this.#hold(-reply.held)
      this.#send(reply)
    }
    if (this.#isEnding || this.#isBlocked) return
    if (this.#isPaused && this.#unanswered < this.#most) this.#goOn()
    this.#leaveIfDone()
  }

  /** How many requests may be unanswered; one at a time while much waits of all connections. */
  get #most(): number {
    return this.#backlog.isTight ? 1 : this.#options.limits.pipelined
  }

  #hold(bytes: number): void {
    if (this.#isGone) return
    this.#held += bytes
    this.#backlog.hold(bytes)
  }

  /** The whole next frame must come in time; a byte now and then does not help. */
  #expect(milliseconds: number): void {
    this.#due = this.#time() + milliseconds
  }

  #receive(piece: Uint8Array): void {
    if (this.#isEnding || this.#isLost) return
    if (!this.#hasBegun) {
      this.#hasBegun = true
      this.#expect(this.#options.limits.frame)
    }
    this.#incoming.push(piece)
    this.#take()
  }

  /** Takes the requests that are here, as many as may be unanswered. An answer that is given at once leads here again, to no effect. */
  #take(): void {
    if (this.#isTaking || this.#isLost) return
    this.#isTaking = true
    this.#holdRest(0)
    try {
      this.#askAll()
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
      this.#isLost = true
      this.#owe(0).answer(this.#options.refuse(error, this.address), true)
    }
    this.#isTaking = false
    if (this.#isPaused) this.#holdRest(this.#incoming.waiting)
  }

  #askAll(): void {
    while (!this.#isPaused && !this.#socket.destroyed) {
      const message = this.#incoming.next()
      if (message === undefined) return
      this.#ask(message)
    }
  }

  #ask(message: Uint8Array): void {
    this.#expect(this.#options.limits.frame)
    if (this.#backlog.isFull) this.#relieve()
    if (this.#backlog.isFull) this.#socket.destroy()
    if (this.#socket.destroyed) return
    const reply = this.#owe(message.length)
    if (this.#unanswered >= this.#most) this.#pause()
    this.#options.respond(message, reply)
  }

  #pause(): void {
    this.#isPaused = true
    this.#socket.pause()
  }

  #holdRest(bytes: number): void {
    if (bytes === this.#rest) return
    this.#hold(bytes - this.#rest)
    this.#rest = bytes
  }

  #goOn(): void {
    this.#isPaused = false
    if (this.#isClosing) return
    this.#take()
    this.#resume()
  }

  #resume(): void {
    if (!this.#isPaused) this.#socket.resume()
  }

  #owe(bytes: number): PendingReply {
    const reply = new PendingReply(this)
    reply.held = bytes
    this.#hold(bytes)
    if (this.#first === undefined || this.#last === undefined) this.#first = reply
    else this.#last.next = reply
    this.#last = reply
    this.#unanswered += 1
    return reply
  }

  /** Goes on when the other side has read; if it does not, its time for the next frame runs out. */
  #send({ bytes, isFrame, isEnd }: PendingReply): void {
    if (this.#isEnding || this.#socket.destroyed) return
    this.#expect(this.#isClosing ? this.#options.limits.farewell : this.#options.limits.frame)
    if (bytes !== undefined) {
      this.#cork()
      if (!this.#socket.write(isFrame ? bytes : encodeFrame(bytes)) && !this.#isCorked) this.#block()
    }
    if (isEnd) this.#end()
  }

  /** Several answers of one turn leave together. */
  #cork(): void {
    if (this.#isCorked || this.#unanswered === 0) return
    this.#isCorked = true
    this.#socket.cork()
    process.nextTick(() => {
      this.#isCorked = false
      this.#socket.uncork()
      if (this.#socket.writableNeedDrain) this.#block()
    })
  }

  #block(): void {
    if (this.#isBlocked || this.#socket.destroyed) return
    this.#isBlocked = true
    const bytes = this.#socket.writableLength
    this.#hold(bytes)
    this.#socket.once('drain', () => {
      this.#isBlocked = false
      this.#hold(-bytes)
      this.#flush()
    })
  }

  /** The other side has said all it wants to: what is unanswered still gets its answer. */
  #finish(): void {
    this.#isFinished = true
    this.#hasHeardAll = true
    this.#leaveIfDone()
  }

  /** Nothing is owed while requests wait here that came before the end, unless it is we who close. */
  #leaveIfDone(): void {
    if (this.#isEnding || !this.#isFinished || this.#unanswered > 0) return
    if (this.#isClosing || (this.#rest === 0 && !this.#isTaking)) this.#leave()
  }

  #leave(): void {
    this.#isEnding = true
    // Both sides have said all they had to, and the system sends what it was given: to say goodbye on top of that costs time. In TLS it is
    // owed (RFC 8446 §6.1).
    const hasSaidAll = this.#socket.writableLength === 0 && this.#socket.encrypted !== true
    if (this.#hasHeardAll && hasSaidAll) this.#socket.destroy()
    else if (this.#socket.destroySoon === undefined) this.#socket.end()
    else this.#socket.destroySoon()
  }

  #end(): void {
    this.#isEnding = true
    this.#socket.end()
    this.#socket.resume() // What else comes in is thrown away, until the other side closes or its time runs out.
  }
}
