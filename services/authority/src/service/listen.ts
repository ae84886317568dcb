import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { ErrorCode } from '@volact/core/errors/table'

/** Where to listen; port 0 takes a free one. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** Listens and returns the port; `PORT_IN_USE`, `ACCESS_DENIED` or `USAGE` say why not. */
export async function listen(server: FastifyInstance, { host, port }: ListenAddress): Promise<number> {
  try {
    await server.listen({ host, port })
  } catch (cause) {
    throw listenError(cause, { host, port })
  }
  return (server.server.address() as AddressInfo).port
}

const reasons: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  EADDRINUSE: ['PORT_IN_USE', 'another program listens there; stop it, or choose another port with --listen'],
  EACCES: ['ACCESS_DENIED', 'this account may not use that port; choose one from 1024 with --listen'],
  EADDRNOTAVAIL: ['USAGE', 'this machine has no such address; choose one of its own with --listen'],
  ENOTFOUND: ['USAGE', 'no address has that name; choose an address of this machine with --listen'],
}

function listenError(cause: unknown, { host, port }: ListenAddress): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const [row, why] = reasons[code] ?? []
  if (row === undefined) return cause
  return new ActivationError(row, `cannot listen on ${host} port ${port}: ${why ?? ''}`, { cause })
}
