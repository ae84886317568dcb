import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { encodeFrame, FrameReader } from '@volact/core/wire/frame'

/** A connection on which many machines ask in turn; answers come in the order of the requests. */
export class Line {
  readonly #socket: Socket
  readonly #reader = new FrameReader(65_536)
  readonly #waiting: ((answer: Uint8Array | undefined) => void)[] = []

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (piece) => {
      for (const answer of this.#reader.push(piece)) this.#waiting.shift()?.(answer)
    })
    socket.on('error', () => undefined)
    socket.once('close', () => {
      for (const answered of this.#waiting.splice(0)) answered(undefined)
    })
  }

  static async open(address: string): Promise<Line> {
    const [host = '', port = ''] = address.split(':')
    const socket = connect({ host, port: Number(port), noDelay: true })
    await once(socket, 'connect')
    return new Line(socket)
  }

  /** Sends a message, and gives the answer; nothing when the other side closes instead. */
  ask(message: Uint8Array): Promise<Uint8Array | undefined> {
    const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>()
    if (this.#socket.destroyed) resolve(undefined)
    else {
      this.#waiting.push(resolve)
      this.#socket.write(encodeFrame(message))
    }
    return promise
  }

  close(): void {
    this.#socket.destroy()
  }
}
