/** The way back to who has sent a message. Answered once, at any time. */
export interface Reply {
  /** The network address of who has sent the message, as the system writes it. */
  readonly address: string
  /** Gives the answer: a message, or nothing to who is left alone. With `end` the connection is of no use any more. */
  answer(message: Uint8Array | undefined, end?: boolean): void
  /** Gives an answer that stands in a frame already. */
  answerFrame(frame: Uint8Array): void
}

/** What replies are sent through. */
export interface ReplyRoute {
  readonly address: string
  answered(reply: PendingReply): void
}

/** A reply of a connection, which waits there until those before it are answered. */
export class PendingReply implements Reply {
  readonly #route: ReplyRoute
  next: PendingReply | undefined
  bytes: Uint8Array | undefined
  isAnswered = false
  isFrame = false
  isEnd = false
  /** Bytes that are held in memory for it. */
  held = 0

  constructor(route: ReplyRoute) {
    this.#route = route
  }

  get address(): string {
    return this.#route.address
  }

  answer(message: Uint8Array | undefined, end = false): void {
    this.bytes = message
    this.isEnd = end
    this.#answered()
  }

  answerFrame(frame: Uint8Array): void {
    this.bytes = frame
    this.isFrame = true
    this.#answered()
  }

  #answered(): void {
    this.isAnswered = true
    this.#route.answered(this)
  }
}
