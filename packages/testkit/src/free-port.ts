import { once } from 'node:events'
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/** Gives a port of the loopback that is free for UDP and for TCP just now; somebody else may take it before it is used. */
export async function freePort(): Promise<number> {
  const udp = createSocket('udp4')
  udp.bind(0, '127.0.0.1')
  await once(udp, 'listening')
  const { port } = udp.address()
  const tcp = createServer()
  const isFree = await new Promise<boolean>((resolve) => {
    tcp.once('error', () => {
      resolve(false)
    })
    tcp.listen(port, '127.0.0.1', () => {
      resolve(true)
    })
  })
  await Promise.all([closed(udp), ...(isFree ? [closed(tcp)] : [])])
  return isFree ? port : freePort()
}

function closed(open: { close(done: () => void): unknown }): Promise<void> {
  return new Promise((resolve) => void open.close(resolve))
}
