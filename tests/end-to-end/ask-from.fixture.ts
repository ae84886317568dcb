import { once } from 'node:events'
import { connect } from 'node:net'
import { encodeFrame, FrameReader } from '@volact/core/wire/frame'

/** Asks on a connection of its own, from an address of loopback, and gives the answer; nothing when there is none in time. */
export async function askFrom(
  address: string,
  from: string,
  message: Uint8Array,
  patience: number,
): Promise<Uint8Array | undefined> {
  const [host = '', port = ''] = address.split(':')
  const socket = connect({ host, port: Number(port), localAddress: from, noDelay: true })
  const reader = new FrameReader(65_536)
  const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>()
  socket.on('error', () => undefined)
  socket.once('close', () => {
    resolve(undefined)
  })
  socket.on('data', (piece) => {
    const [answer] = reader.push(piece)
    if (answer !== undefined) resolve(answer)
  })
  socket.setTimeout(patience, () => socket.destroy())
  await Promise.race([once(socket, 'connect'), promise]).catch(() => undefined)
  socket.write(encodeFrame(message))
  const answer = await promise
  socket.destroy()
  return answer
}

/** Does something for each, so many at a time. */
export async function each<T>(
  all: readonly T[],
  atATime: number,
  run: (one: T, number: number) => Promise<void>,
): Promise<void> {
  const numbered = all.entries()
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      for (const [number, one] of numbered) await run(one, number)
    }),
  )
}
