import { concat } from '../bytes.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { recogniseForeignProtocol } from './foreign-protocol.ts'

/** The length of a frame's header: the length of the message, most significant byte first (protocol.md §11.1). */
const headerLength = 4

/** Puts a message into a frame. */
export function encodeFrame(message: Uint8Array): Uint8Array {
  const header = new Uint8Array(headerLength)
  new DataView(header.buffer).setUint32(0, message.length)
  return concat(header, message)
}

/**
 * Takes messages of at most `limit` bytes out of a stream, in whatever pieces it comes. Never holds more than one
 * message. After it has thrown, the stream has no meaning any more, and what came with the last piece is lost.
 */
export class FrameReader {
  readonly #limit: number
  readonly #header = new Uint8Array(headerLength)
  #message: Uint8Array | undefined
  /** How much of the header, or of the message once its length is known, is here. */
  #filled = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether the stream is in the middle of a frame, so that an end now would cut it. */
  get isInside(): boolean {
    return this.#filled > 0 || this.#message !== undefined
  }

  /**
   * Takes the next piece and gives the messages that it completes. They are copies. `TOO_LARGE` as soon as a header
   * says more than the limit, `MALFORMED` for an empty message, `FOREIGN_PROTOCOL` for what begins like another one.
   */
  push(piece: Uint8Array): Uint8Array[] {
    const messages: Uint8Array[] = []
    for (let offset = 0; offset < piece.length;) {
      const target = this.#message ?? this.#header
      const part = piece.subarray(offset, offset + target.length - this.#filled)
      target.set(part, this.#filled)
      this.#filled += part.length
      offset += part.length
      if (this.#filled === target.length) this.#complete(messages)
    }
    return messages
  }

  #complete(messages: Uint8Array[]): void {
    this.#filled = 0
    if (this.#message === undefined) {
      this.#message = new Uint8Array(this.#messageLength())
    } else {
      messages.push(this.#message)
      this.#message = undefined
    }
  }

  #messageLength(): number {
    const length = new DataView(this.#header.buffer).getUint32(0)
    if (length === 0) throw new ActivationError('MALFORMED', 'a frame of length 0 holds no message')
    if (length <= this.#limit) return length
    const foreign = recogniseForeignProtocol(this.#header)
    if (foreign !== undefined) throw foreign
    throw new ActivationError('TOO_LARGE', `a message of ${length} bytes; at most ${this.#limit} are allowed here`)
  }
}
