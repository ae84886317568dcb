import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { ActivationError } from '@volact/core/errors/activation-error'
import { activationPath, messageType } from '@volact/core/wire/http'
import { readBody } from './read-body.ts'

// Not imported: with the names of the whole module Node would load its web client, 12 MB.
const { request } = process.getBuiltinModule('node:http')

/** Sends one message over HTTPS on a connection that stands, and reads one of at most `mostBytes` (protocol.md §11.7). */
export async function post(
  stream: TLSSocket,
  host: string,
  message: Uint8Array,
  mostBytes: number,
): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const outgoing = request({
    ...{ createConnection: () => stream, method: 'POST', path: activationPath },
    headers: { host, 'content-type': messageType, 'content-length': message.length, connection: 'close' },
  })
  outgoing.once('response', resolve)
  // The listener stays: an error without one would end the program.
  outgoing.on('error', (error) => {
    reject(brokenOff(host, error))
  })
  outgoing.end(message)
  return bodyOf(await promise, host, mostBytes)
}

async function bodyOf(response: IncomingMessage, host: string, mostBytes: number): Promise<Uint8Array> {
  const { statusCode, headers } = response
  if (statusCode !== 200 || headers['content-type'] !== messageType) {
    response.destroy()
    throw new ActivationError(
      'FOREIGN_PROTOCOL',
      `${host} answers with status ${String(statusCode)}, and is no activation host`,
      { data: { protocol: 'HTTP' } },
    )
  }
  const body = await readBody(response, mostBytes).catch((error: unknown) => {
    throw brokenOff(host, error)
  })
  if (body !== undefined) return body
  throw new ActivationError('TOO_LARGE', `${host} answers with more than ${String(mostBytes)} bytes`)
}

function brokenOff(host: string, cause: unknown): ActivationError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new ActivationError('HOST_MUTE', `${host} took the connection but broke it off: ${reason}`, { cause })
}
