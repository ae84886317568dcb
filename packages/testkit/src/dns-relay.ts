import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** Changes an answer on its way; nothing lets it disappear. */
export type AlterAnswer = (answer: Buffer) => Buffer | undefined

/** Stands between a client and a DNS server on the loopback until the test ends, and gives the port to ask. */
export async function startDnsRelay(target: number, alter: AlterAnswer): Promise<number> {
  const tcp = createServer((client) => {
    relayStream(client, target, alter)
  })
  tcp.listen(0, '127.0.0.1')
  await once(tcp, 'listening')
  const port = portOf(tcp)
  const udp = createSocket('udp4')
  udp.bind(port, '127.0.0.1')
  await once(udp, 'listening')
  udp.on('message', (question, from) => {
    const way = createSocket('udp4')
    way.on('message', (answer) => {
      way.close()
      const altered = alter(answer)
      if (altered !== undefined) udp.send(altered, from.port, from.address)
    })
    way.send(question, target, '127.0.0.1')
  })
  onTestFinished(() => {
    udp.close()
    tcp.close()
  })
  return port
}

function relayStream(client: Socket, target: number, alter: AlterAnswer): void {
  const server = connect(target, '127.0.0.1')
  client.pipe(server)
  client.on('error', () => server.destroy())
  server.on('error', () => client.destroy())
  // Answers of one question are small and come in one piece on the loopback.
  server.on('data', (bytes) => {
    const altered = alter(bytes.subarray(2))
    if (altered === undefined) return
    client.write(Buffer.concat([Buffer.of(altered.length >> 8, altered.length & 0xff), altered]))
  })
  client.on('close', () => server.destroy())
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it does not listen on a port')
  return address.port
}
