import { createServer, type Server, type Socket } from 'node:net'
import type { ConnectionOptions, ConnectionSocket } from './connection.ts'
import { OpenConnections } from './open-connections.ts'
import { type ListenPlace, startListening } from './start-listening.ts'

/** Where to listen. */
export type ListenAddress = ListenPlace

/** Decides what becomes of a fresh connection: hands it on to `take`, itself or what it carries, now, later or never. */
export type Gate = (socket: Socket, take: (stream: ConnectionSocket) => void) => void

/** A server that listens. */
export interface FrameServer {
  /** `HOST:PORT`, an IPv6 address in brackets. */
  readonly address: string
  /** Number of connections that are open. */
  readonly connections: number
  /** Bytes that wait in memory, and connections that were closed at once or to make room. */
  readonly waitingBytes: number
  readonly turnedAway: number
  /** Takes no more connections and no more requests; those that wait for an answer get it first. */
  close(): Promise<void>
}

/** Listens for connections on TCP. `PORT_IN_USE`, or `USAGE` for an address that this machine does not have. */
export async function listen(where: ListenAddress, options: ConnectionOptions, gate?: Gate): Promise<FrameServer> {
  const open = new OpenConnections(options)
  const take = (stream: ConnectionSocket): void => {
    open.add(stream)
  }
  // Clients may close their half after the request, and read on.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    if (gate === undefined) open.add(socket)
    else gate(socket, take)
  })
  // Who is in too many is decided where it is known who is idle; those that are on their way out are not counted there.
  server.maxConnections = 2 * options.limits.connections
  try {
    const address = await startListening(server, where, '--listen')
    return serverOf(address, server, open)
  } catch (error) {
    open.close()
    throw error
  }
}

function serverOf(address: string, server: Server, open: OpenConnections): FrameServer {
  return {
    address,
    get connections() {
      return open.size
    },
    get waitingBytes() {
      return open.waitingBytes
    },
    get turnedAway() {
      return open.turnedAway
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      open.farewell()
      await closed
      open.close()
    },
  }
}
