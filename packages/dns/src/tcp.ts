import { connect } from 'node:net'
import { concat } from '@volact/core/bytes'
import type { DnsServer } from './dns-server.ts'
import { u16 } from './message.ts'
import { endOf, type Patience } from './patience.ts'

/**
 * Sends a message over a connection of its own, with its length before it (RFC 1035 §4.2.2), and gives the one that comes back;
 * nothing when none came in time, or the connection ended before.
 */
export async function exchangeByTcp(
  { address: host, port }: DnsServer,
  bytes: Uint8Array,
  patience: Patience,
): Promise<Uint8Array | undefined> {
  const socket = connect({ host, port })
  const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>()
  const end = endOf(patience, resolve)
  let received: Uint8Array = new Uint8Array(0)
  socket.on('data', (chunk) => {
    received = concat(received, chunk)
    const [high, low] = received
    if (high === undefined || low === undefined) return
    const length = (high << 8) | low
    if (received.length >= 2 + length) resolve(received.slice(2, 2 + length))
  })
  socket.on('error', () => {
    resolve(undefined)
  })
  socket.on('close', () => {
    resolve(undefined)
  })
  try {
    socket.write(concat(u16(bytes.length), bytes))
    return await promise
  } finally {
    end()
    socket.destroy()
  }
}
