import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { encodeFrame, FrameReader } from '@volact/core/wire/frame'
import { decodeMessage, type Message } from '@volact/core/wire/message'

/** What happens on the way; whoever is told `lost` breaks the connection off. Both are told of every message, in order. */
export interface Way {
  request(message: Uint8Array): Promise<'passed' | 'lost'> | 'passed' | 'lost'
  answer(message: Message): 'passed' | 'lost'
}

/** A stretch of network between clients and a host, on which messages get lost. */
export class Proxy {
  readonly #server: Server
  readonly #open = new Set<Socket>()
  /** `HOST:PORT` of the host. */
  target: string
  way: Way = { request: () => 'passed', answer: () => 'passed' }

  private constructor(server: Server, target: string) {
    this.#server = server
    this.target = target
    server.on('connection', (socket) => {
      this.#open.add(socket)
      socket.once('close', () => this.#open.delete(socket)).on('error', () => undefined)
      void this.#serve(socket)
    })
  }

  static async start(target: string): Promise<Proxy> {
    const server = createServer()
    server.listen({ host: '127.0.0.1', port: 0 })
    await once(server, 'listening')
    return new Proxy(server, target)
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

  /** A client connects, asks once, and closes. */
  async #serve(socket: Socket): Promise<void> {
    const message = await nextFrame(socket)
    if (message === undefined) return
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
export function nextFrame(socket: Socket): Promise<Uint8Array | undefined> {
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
