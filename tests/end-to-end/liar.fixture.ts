import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { encodeFrame } from '@volact/core/wire/frame'
import { nextFrame, send } from './twins-proxy.fixture.ts'

/** What becomes of the answer of an honest host on its way. */
export type Lie = (answer: Uint8Array, socket: Socket) => void

/** The truth. */
export const honestly: Lie = (answer, socket) => {
  socket.end(encodeFrame(answer))
}

/** A host that lies: an honest one stands behind it, and gives it all that an honest one can be got to say. */
export class Liar {
  readonly #server: Server
  readonly #open = new Set<Socket>()
  readonly #target: string
  lie: Lie = honestly
  /** How often it was asked. */
  asked = 0

  private constructor(server: Server, target: string) {
    this.#server = server
    this.#target = target
    server.on('connection', (socket) => {
      this.#open.add(socket)
      socket.once('close', () => this.#open.delete(socket)).on('error', () => undefined)
      void this.#serve(socket)
    })
  }

  static async start(target: string): Promise<Liar> {
    const server = createServer()
    server.listen({ host: '127.0.0.1', port: 0 })
    await once(server, 'listening')
    return new Liar(server, target)
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

  async #serve(socket: Socket): Promise<void> {
    const message = await nextFrame(socket)
    if (message === undefined) return
    this.asked += 1
    const answer = await send(this.#target, message)
    if (answer === undefined) socket.destroy()
    else this.lie(answer, socket)
  }
}
