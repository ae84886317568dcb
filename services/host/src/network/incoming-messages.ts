import { concat } from '@volact/core/bytes'
import { frameHeaderLength, FrameReader, wholeMessageAt } from '@volact/core/wire/frame'
import { requestLimit } from '@volact/core/wire/limits'

const nothing = new Uint8Array()

/** The messages of a stream, one by one as they are asked for: what has come behind them waits, and nothing of it is looked at. */
export class IncomingMessages {
  #reader: FrameReader | undefined
  #piece: Uint8Array = nothing
  /** How much of the piece is read. */
  #at = 0

  /** Bytes that wait. */
  get waiting(): number {
    return this.#piece.length - this.#at
  }

  /** Takes in what has come. It is not copied, unless something waits before it. */
  push(piece: Uint8Array): void {
    this.#piece = this.waiting === 0 ? piece : concat(this.#piece.subarray(this.#at), piece)
    this.#at = 0
  }

  /**
   * Gives the next message that is here as a whole. One whose frame is in one piece, as nearly all are, is not copied; but it is no Buffer,
   * whose `slice` would alias. Throws what `FrameReader.push` throws; the stream has no meaning any more then.
   */
  next(): Uint8Array | undefined {
    while (this.#at < this.#piece.length) {
      const message = this.#wholeMessage() ?? this.#readOn()
      if (message !== undefined) return message
    }
    this.#piece = nothing
    this.#at = 0
    return undefined
  }

  #wholeMessage(): Uint8Array | undefined {
    if (this.#reader?.isInside === true) return undefined
    const length = wholeMessageAt(this.#piece, this.#at, requestLimit)
    if (length === 0) return undefined
    this.#at += frameHeaderLength + length
    return new Uint8Array(this.#piece.buffer, this.#piece.byteOffset + this.#at - length, length)
  }

  /** No further than to the end of what is read now, so that no more than one message comes of it. */
  #readOn(): Uint8Array | undefined {
    this.#reader ??= new FrameReader(requestLimit)
    const part = this.#piece.subarray(this.#at, this.#at + this.#reader.missing)
    this.#at += part.length
    return this.#reader.push(part)[0]
  }
}
