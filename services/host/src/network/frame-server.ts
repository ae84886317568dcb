import { createServer, type Server } from 'node:net'
import { ActivationError } from '@volact/core/errors/activation-error'
import { Connection, type ConnectionOptions } from './connection.ts'

/** Where to listen; port 0 takes any that is free. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** A server that listens. */
export interface FrameServer {
  /** `HOST:PORT`, an IPv6 address in brackets. */
  readonly address: string
  /** Takes no more connections and no more requests; those that wait for an answer get it first. */
  close(): Promise<void>
}

/** Listens for connections on TCP. `PORT_IN_USE`, or `USAGE` for an address that this machine does not have. */
export async function listen(where: ListenAddress, options: ConnectionOptions): Promise<FrameServer> {
  const open = new Set<Connection>()
  // Clients may close their half after the request, and read on.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const connection = new Connection(socket, options)
    open.add(connection)
    socket.once('close', () => open.delete(connection))
  })
  server.maxConnections = options.limits.connections
  await start(server, where)
  return {
    address: addressOf(server),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const connection of open) void connection.close()
      await closed
    },
  }
}

function start(server: Server, { host, port }: ListenAddress): Promise<undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  // The listener stays: an error without one (too many open files) would end the program.
  server.on('error', (error) => {
    reject(listenError(error, host, port))
  })
  server.listen({ host, port }, () => {
    resolve(undefined)
  })
  return promise
}

function listenError(error: Error, host: string, port: number): Error {
  const code = 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    const message =
      `port ${port} of ${host} is in use by another program: stop that, or choose another port, for example ` +
      `--listen ${writtenAddress(host, port + 1)}, and name it to the clients`
    return new ActivationError('PORT_IN_USE', message, { cause: error })
  }
  if (code === 'EACCES') {
    const message = `this account may not listen on port ${port}: choose one from 1024 with --listen`
    return new ActivationError('ACCESS_DENIED', message, { cause: error })
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const message = `this machine has no address "${host}" to listen on: choose another with --listen`
    return new ActivationError('USAGE', message, { cause: error })
  }
  return error
}

function addressOf(server: Server): string {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address and a port')
  return writtenAddress(address.address, address.port)
}

function writtenAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
