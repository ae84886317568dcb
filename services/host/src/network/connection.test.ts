import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { concat } from '@volact/core/bytes'
import { encodeFrame, FrameReader } from '@volact/core/wire/frame'
import { expect, it, onTestFinished } from 'vitest'
import type { ConnectionOptions } from './connection.ts'
import type { Reply } from './reply.ts'
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

type Options = Omit<ConnectionOptions, 'limits'> & Partial<Pick<ConnectionOptions, 'limits'>>

async function connected(options: Options): Promise<Socket> {
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
  const respond = (_: Uint8Array, reply: Reply): void => {
    asked.give()
    void answer.given.then(() => {
      reply.answer(Uint8Array.of(1))
    })
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

/** Reads messages until the other side closes. */
async function messagesOf(socket: Socket): Promise<readonly string[]> {
  const reader = new FrameReader(1_000_000)
  const messages: string[] = []
  for await (const piece of socket) messages.push(...reader.push(piece as Uint8Array).map((one) => one.join()))
  return messages
}

const silent = { refuse: () => undefined }

it('who comes is told of before he says anything, so that what has time waits for him, too (rule 15)', async () => {
  const came = signal()
  const respond = (): void => {
    throw new Error('nothing was asked')
  }
  const socket = await connected({ respond, ...silent, arrived: came.give })
  await came.given
  socket.destroy()
})

it('answers leave in the order of the requests, whichever is ready first, and as frames or as messages', async () => {
  const replies: Reply[] = []
  const all = signal()
  const respond = (message: Uint8Array, reply: Reply): void => {
    expect(message).toEqual(Uint8Array.of(1, replies.length))
    replies.push(reply)
    if (replies.length === 4) all.give()
  }
  const socket = await connected({ respond, ...silent })
  const messages = [0, 1, 2, 3].map((which) => encodeFrame(Uint8Array.of(1, which)))
  // Two at once, one in pieces, and the end of this half behind the last.
  const stream = concat(...messages)
  for (const [from, to] of [
    [0, 15],
    [15, 17],
    [17, 24],
  ]) {
    await new Promise((written) => socket.write(stream.subarray(from, to), written))
    await new Promise((turned) => setImmediate(turned))
  }
  socket.end()
  await all.given
  const received = messagesOf(socket)
  const answers = [3, 1, 0, 2]
  for (const which of answers) {
    const reply = replies[which]
    const message = Uint8Array.of(2, which)
    if (which % 2 === 0) reply?.answer(message)
    else reply?.answerFrame(encodeFrame(message))
    expect(reply?.address).toBe('127.0.0.1')
  }
  expect(await received).toEqual(['2,0', '2,1', '2,2', '2,3'])
})

it('no more is read from who has too much unanswered, until it has its answers', async () => {
  const waiting: Reply[] = []
  let most = 0
  const respond = (_: Uint8Array, reply: Reply): void => {
    waiting.push(reply)
    most = Math.max(most, waiting.length)
    // In a later turn, so that all that is read at once is here.
    setTimeout(() => waiting.shift()?.answer(Uint8Array.of(7)), 1)
  }
  const limits = { ...networkLimits, pipelined: 4 }
  const socket = await connected({ respond, ...silent, limits })
  const received = messagesOf(socket)
  for (let sent = 0; sent < 100; sent += 1) {
    await new Promise((written) => socket.write(encodeFrame(Uint8Array.of(1)), written))
    await new Promise((turned) => setImmediate(turned))
  }
  socket.end()
  expect(await received).toHaveLength(100)
  expect(most).toBeLessThan(100)
})

it('who does not read its answers is cut off, and nobody else', async () => {
  const answer = new Uint8Array(60_000)
  const closed = signal()
  const respond = (_: Uint8Array, reply: Reply): void => {
    reply.answer(answer)
  }
  const limits = { ...networkLimits, firstByte: 200, frame: 200, farewell: 200 }
  const socket = await connected({ respond, ...silent, limits })
  socket.pause()
  socket.once('close', closed.give)
  const request = encodeFrame(Uint8Array.of(1))
  for (let sent = 0; sent < 400 && !socket.destroyed; sent += 1) socket.write(request)
  const before = performance.now()
  // The writes fail once the other side has gone.
  while (!socket.destroyed) {
    await new Promise((written) => socket.write(request, written))
    await new Promise((turned) => setTimeout(turned, 20))
  }
  await closed.given
  expect(performance.now() - before).toBeLessThan(20_000)
})

it.each([1, 4, 5, 9])(
  'all requests that came before the end are answered, %i at a time, whichever answer is ready first',
  async (pipelined) => {
    let waiting: Reply[] = []
    let left = 10
    const ended = signal()
    const respond = (_: Uint8Array, reply: Reply): void => {
      waiting.push(reply)
      left -= 1
      if (waiting.length < pipelined && left > 0) return
      const ready = waiting.reverse()
      waiting = []
      void ended.given.then(() => {
        for (const each of ready) each.answer(Uint8Array.of(7))
      })
    }
    const socket = await connected({ respond, ...silent, limits: { ...networkLimits, pipelined } })
    const received = messagesOf(socket)
    socket.end(concat(...Array.from({ length: 10 }, () => encodeFrame(Uint8Array.of(1)))))
    await once(socket, 'finish')
    for (let turn = 0; turn < 20; turn += 1) await new Promise((turned) => setTimeout(turned, 1))
    ended.give()
    expect(await received).toHaveLength(10)
  },
)

it.each([1, 2, 3])('answers at once and later ones are all given to who has ended, %i at a time', async (pipelined) => {
  let asked = 0
  const respond = (message: Uint8Array, reply: Reply): void => {
    asked += 1
    if (asked % 4 !== 1) reply.answer(message)
    else
      setTimeout(() => {
        reply.answer(message)
      }, 5)
  }
  const socket = await connected({ respond, ...silent, limits: { ...networkLimits, pipelined } })
  const received = messagesOf(socket)
  socket.end(concat(...Array.from({ length: 21 }, (_, which) => encodeFrame(Uint8Array.of(which)))))
  expect(await received).toEqual(Array.from({ length: 21 }, (_, which) => String(which)))
})

it('nothing of long answers is lost when the other side has ended, and reads late', async () => {
  const respond = (_: Uint8Array, reply: Reply): void => {
    setImmediate(() => {
      reply.answer(new Uint8Array(100_000))
    })
  }
  const socket = await connected({ respond, ...silent, limits: { ...networkLimits, pipelined: 64 } })
  socket.pause()
  socket.end(concat(...Array.from({ length: 40 }, () => encodeFrame(Uint8Array.of(1)))))
  await once(socket, 'finish')
  expect(await messagesOf(socket)).toHaveLength(40)
})
