import { concat } from '../bytes.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { recogniseForeignProtocol } from './foreign-protocol.ts'

/** The length of a frame's header: the length of the message, most significant byte first (protocol.md §11.1). */
export const frameHeaderLength = 4

/** Puts a message into a frame. */
export function encodeFrame(message: Uint8Array): Uint8Array {
  const header = new Uint8Array(frameHeaderLength)
  new DataView(header.buffer).setUint32(0, message.length)
  return concat(header, message)
}

/**
 * Gives the length of the message whose whole frame begins at an offset of a piece, header included; 0 where none does, or where the
 * message is longer than `limit`: then it is for a `FrameReader` to say what is there.
 */
export function wholeMessageAt(piece: Uint8Array, at: number, limit: number): number {
  if (piece.length - at <= frameHeaderLength) return 0
  let length = 0
  for (let place = at; place < at + frameHeaderLength; place += 1) length = length * 0x100 + Number(piece[place])
  return length <= limit && length <= piece.length - at - frameHeaderLength ? length : 0
}

/**
 * Takes messages of at most `limit` bytes out of a stream, in whatever pieces it comes. Never holds more than one
 * message. After it has thrown, the stream has no meaning any more, and what came with the last piece is lost.
 */
export class FrameReader {
  readonly #limit: number
  readonly #header = new Uint8Array(frameHeaderLength)
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

  /** How many bytes are missing of what is read now: of the header, or of the message behind it. */
  get missing(): number {
    return (this.#message ?? this.#header).length - this.#filled
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
