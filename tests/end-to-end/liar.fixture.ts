import type { Socket } from 'node:net'
import { encodeFrame } from '@volact/core/wire/frame'
import { Listener, send } from './twins-proxy.fixture.ts'

/** What becomes of the answer of an honest host on its way. */
export type Lie = (answer: Uint8Array, socket: Socket) => void

/** The truth. */
export const honestly: Lie = (answer, socket) => {
  socket.end(encodeFrame(answer))
}

/** A host that lies: an honest one stands behind it, and gives it all that an honest one can be got to say. */
export class Liar extends Listener {
  readonly #target: string
  lie: Lie = honestly
  /** How often it was asked. */
  times = 0

  private constructor(target: string) {
    super()
    this.#target = target
  }

  static start(target: string): Promise<Liar> {
    return new Liar(target).listen()
  }

  protected async asked(message: Uint8Array, socket: Socket): Promise<void> {
    this.times += 1
    const answer = await send(this.#target, message)
    if (answer === undefined) socket.destroy()
    else this.lie(answer, socket)
  }
}
