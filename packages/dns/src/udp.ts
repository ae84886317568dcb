import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import type { DnsServer } from './dns-server.ts'
import { endOf, type Patience } from './patience.ts'

/**
 * Sends a datagram and gives the first one that comes back from there and that `isWanted` takes; nothing when none came in time
 * or the network says that none will.
 */
export async function exchangeByUdp(
  { address, port }: DnsServer,
  bytes: Uint8Array,
  { milliseconds, isWanted, signal }: Patience & { readonly isWanted: (answer: Uint8Array) => boolean },
): Promise<Uint8Array | undefined> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
  const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>()
  const end = endOf({ milliseconds, ...(signal && { signal }) }, resolve)
  socket.on('message', (answer) => {
    if (isWanted(answer)) resolve(new Uint8Array(answer))
  })
  socket.on('error', () => {
    resolve(undefined)
  })
  try {
    // Connected, the system gives us nothing that comes from elsewhere.
    socket.connect(port, address, () => {
      send(socket, bytes)
    })
    return await promise
  } finally {
    end()
    socket.close()
  }
}

function send(socket: Socket, bytes: Uint8Array): void {
  try {
    socket.send(bytes)
  } catch (error) {
    // It was closed before it was connected.
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_SOCKET_DGRAM_NOT_RUNNING')) throw error
  }
}
