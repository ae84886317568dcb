import { type IncomingMessage, request } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { concat } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'

const messageType = 'application/volact+cbor'

/** Sends one message over HTTPS on a connection that stands, and reads one of at most `mostBytes` (protocol.md §11.7). */
export async function post(
  stream: TLSSocket,
  host: string,
  message: Uint8Array,
  mostBytes: number,
): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const outgoing = request({
    ...{ createConnection: () => stream, method: 'POST', path: '/v1/activate' },
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
  const pieces: Uint8Array[] = []
  let length = 0
  try {
    for await (const piece of response as AsyncIterable<Uint8Array>) {
      pieces.push(piece)
      length += piece.length
      if (length > mostBytes)
        throw new ActivationError('TOO_LARGE', `${host} answers with more than ${String(mostBytes)} bytes`)
    }
  } catch (error) {
    throw error instanceof ActivationError ? error : brokenOff(host, error)
  }
  return concat(...pieces)
}

function brokenOff(host: string, cause: unknown): ActivationError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new ActivationError('HOST_MUTE', `${host} took the connection but broke it off: ${reason}`, { cause })
}
