import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { encodeFrame } from '@volact/core/wire/frame'
import { expect, it, onTestFinished } from 'vitest'
import type { ConnectionOptions, Reply } from './connection.ts'
import { listen } from './frame-server.ts'
import { networkLimits } from './limits.ts'

const garbage = new Uint8Array(4).fill(0xff)

/** Something that a test waits for. */
function signal(): { readonly given: Promise<undefined>; readonly give: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  return {
    given: promise,
    give: () => {
      resolve(undefined)
    },
  }
}

async function connected(options: Omit<ConnectionOptions, 'limits'>): Promise<Socket> {
  const server = await listen({ host: '127.0.0.1', port: 0 }, { limits: networkLimits, ...options })
  onTestFinished(() => server.close())
  const [host = '', port = ''] = server.address.split(':')
  const socket = connect({ host, port: Number(port) })
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

it('what is no frame is refused once, however much of it follows while an answer is still owed', async () => {
  const [asked, answer, refused] = [signal(), signal(), signal()]
  let refusals = 0
  const respond = async (): Promise<Reply> => {
    asked.give()
    await answer.given
    return { answer: Uint8Array.of(1), end: false }
  }
  const refuse = (): undefined => {
    refusals += 1
    refused.give()
  }
  const socket = await connected({ respond, refuse })
  socket.write(encodeFrame(Uint8Array.of(1)))
  await asked.given
  socket.write(garbage)
  await refused.given
  for (let piece = 0; piece < 50; piece += 1) {
    await new Promise((written) => socket.write(garbage, written))
    await new Promise((turned) => setImmediate(turned))
  }
  const closed = once(socket, 'close')
  answer.give()
  socket.resume()
  await closed
  expect(refusals).toBe(1)
})
