import type { Server } from 'node:net'
import { ActivationError } from '@volact/core/errors/activation-error'

/** Where to listen; port 0 takes any that is free. */
export interface ListenPlace {
  readonly host: string
  readonly port: number
}

/** Connections that the system keeps while the program has no time for them; those of one more try again only after a second. */
const waitingRoom = 4_096

/**
 * Starts to listen, and gives the address as it is then. `setting` names what an administrator changes, such as `--listen`.
 * `PORT_IN_USE`, `ACCESS_DENIED`, or `USAGE` for an address that this machine does not have.
 */
export async function startListening(server: Server, { host, port }: ListenPlace, setting: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  // The listener stays: an error without one (too many open files) would end the program.
  server.on('error', (error) => {
    reject(listenError(error, { host, port }, setting))
  })
  server.listen({ host, port, backlog: waitingRoom }, () => {
    resolve(undefined)
  })
  await promise
  return addressOf(server)
}

function listenError(error: Error, { host, port }: ListenPlace, setting: string): Error {
  const code = 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    const message =
      `port ${port} of ${host} is in use by another program: stop that, or choose another port, for example ` +
      `${setting} ${writtenAddress(host, port + 1)}, and name it to the clients`
    return new ActivationError('PORT_IN_USE', message, { cause: error })
  }
  if (code === 'EACCES') {
    const message = `this account may not listen on port ${port}: choose one from 1024 with ${setting}`
    return new ActivationError('ACCESS_DENIED', message, { cause: error })
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const message = `this machine has no address "${host}" to listen on: choose another with ${setting}`
    return new ActivationError('USAGE', message, { cause: error })
  }
  return error
}

/** Gives the address of a server that listens, as `HOST:PORT`. */
function addressOf(server: Server): string {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address and a port')
  return writtenAddress(address.address, address.port)
}

function writtenAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
