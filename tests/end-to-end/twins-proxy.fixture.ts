import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { encodeFrame, FrameReader } from '@volact/core/wire/frame'
import { decodeMessage, type Message } from '@volact/core/wire/message'

/** What happens on the way; whoever is told `lost` breaks the connection off. Both are told of every message, in order. */
export interface Way {
  request(message: Uint8Array): Promise<'passed' | 'lost'> | 'passed' | 'lost'
  answer(message: Message): 'passed' | 'lost'
}

/** Something that listens in the place of a host; each client connects, asks once, and closes. */
export abstract class Listener {
  readonly #server = createServer()
  readonly #open = new Set<Socket>()

  constructor() {
    this.#server.on('connection', (socket) => {
      this.#open.add(socket)
      socket.once('close', () => this.#open.delete(socket)).on('error', () => undefined)
      void this.#serve(socket)
    })
  }

  async listen(): Promise<this> {
    this.#server.listen({ host: '127.0.0.1', port: 0 })
    await once(this.#server, 'listening')
    return this
  }

  get address(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('a TCP server has an address and a port')
    return `127.0.0.1:${String(address.port)}`
  }

  close(): void {
    for (const socket of this.#open) socket.destroy()
    this.#server.close()
  }

  protected abstract asked(message: Uint8Array, socket: Socket): Promise<void>

  async #serve(socket: Socket): Promise<void> {
    const message = await nextFrame(socket)
    if (message !== undefined) await this.asked(message, socket)
  }
}

/** A stretch of network between clients and a host, on which messages get lost. */
export class Proxy extends Listener {
  /** `HOST:PORT` of the host. */
  target: string
  way: Way = { request: () => 'passed', answer: () => 'passed' }

  private constructor(target: string) {
    super()
    this.target = target
  }

  static start(target: string): Promise<Proxy> {
    return new Proxy(target).listen()
  }

  protected async asked(message: Uint8Array, socket: Socket): Promise<void> {
    const answer = (await this.way.request(message)) === 'passed' ? await send(this.target, message) : undefined
    if (answer === undefined || this.way.answer(decodeMessage(answer)) === 'lost') socket.destroy()
    else socket.write(encodeFrame(answer))
  }
}

/** Sends one message, and gives the answer; nothing when the other side closes instead. */
export async function send(target: string, message: Uint8Array): Promise<Uint8Array | undefined> {
  const [host = '', port = ''] = target.split(':')
  const socket = connect({ host, port: Number(port) })
  socket.on('error', () => undefined)
  socket.write(encodeFrame(message))
  const answer = await nextFrame(socket)
  socket.destroy()
  return answer
}

/** The next message that comes; nothing when the other side closes instead. */
function nextFrame(socket: Socket): Promise<Uint8Array | undefined> {
  const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>()
  const reader = new FrameReader(65_536)
  socket.on('data', (piece) => {
    const [frame] = reader.push(piece)
    if (frame !== undefined) resolve(frame)
  })
  socket.once('close', () => {
    resolve(undefined)
  })
  return promise
}
