import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { Socket } from 'node:net'
import { readBody } from '@volact/client/web/read-body'
import { activationPath, messageType } from '@volact/core/wire/http'
import { requestLimit } from '@volact/core/wire/limits'
import { Backlog } from '../network/backlog.ts'
import type { Responder } from '../network/connection.ts'
import type { NetworkLimits } from '../network/limits.ts'
import { Seats } from '../network/seats.ts'
import { type ListenPlace, startListening } from '../network/start-listening.ts'
import type { TlsFiles } from './tls-files.ts'

/** What activation over HTTPS is served with. */
export interface HttpsOptions {
  readonly limits: NetworkLimits
  readonly respond: Responder
  readonly files: TlsFiles
}

export interface HttpsServer {
  readonly address: string
  /** Takes another certificate for connections that come from now on. */
  use(files: TlsFiles): void
  /** Takes no more requests; those that wait for an answer get it first. */
  close(): Promise<void>
}

/** Serves `POST /v1/activate` and nothing else: one message of the wire in, one out, with the limits of the wire. */
export async function startHttps(where: ListenPlace, { limits, respond, files }: HttpsOptions): Promise<HttpsServer> {
  const { cert, key } = files
  const times = {
    ...{ headersTimeout: limits.firstByte, requestTimeout: limits.frame, keepAliveTimeout: limits.frame },
    ...{ connectionsCheckingInterval: Math.min(1_000, limits.firstByte), handshakeTimeout: limits.firstByte },
  }
  const seats = new Seats(limits)
  const backlog = new Backlog(limits.waitingBytes)
  const server = createServer(
    { cert, key, minVersion: 'TLSv1.2', maxHeaderSize: 8_192, ...times },
    (request, response) => {
      void serve(request, response, { respond, backlog, seats })
    },
  )
  // Who is in too many is decided where it is known who is idle.
  server.maxConnections = 2 * limits.connections
  // Before one is answered, a connection could bring any number of requests.
  server.maxRequestsPerSocket = limits.pipelined
  server.on('connection', (socket) => {
    if (socket instanceof Socket) seats.take(socket)
  })
  server.on('tlsClientError', (_, stream) => stream.destroy())
  const address = await startListening(server, where, 'https.listen')
  return {
    address,
    use: (next) => {
      server.setSecureContext({ cert: next.cert, key: next.key, minVersion: 'TLSv1.2' })
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      const cut = setTimeout(() => {
        server.closeAllConnections()
      }, limits.farewell)
      await closed
      clearTimeout(cut)
    },
  }
}

interface Serving {
  readonly respond: Responder
  readonly backlog: Backlog
  readonly seats: Seats
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { respond, backlog, seats }: Serving,
): Promise<void> {
  const refusal = refusalOf(request)
  if (refusal !== undefined) {
    end(response, refusal)
    return
  }
  // Who breaks off in the midst of it gets what who says too much gets, if anything.
  const message = await readBody(request, requestLimit).catch(() => undefined)
  if (response.closed) return
  if (message === undefined) {
    end(response, 413)
    return
  }
  if (backlog.isFull) {
    end(response, 503)
    return
  }
  const paid = seats.owe(request.socket)
  backlog.hold(message.length)
  response.once('close', () => {
    backlog.hold(-message.length)
    paid()
  })
  respond(message, {
    address: request.socket.remoteAddress ?? '',
    answer: (answer, isEnd = false) => {
      if (answer === undefined) end(response, 400)
      else send(response, answer, isEnd)
    },
    answerFrame: (frame) => {
      send(response, frame.subarray(frameHeader), false)
    },
  })
}

const frameHeader = 4

/** Only what is exactly right is looked at: nothing else is served here, and no other program's requests are. */
function refusalOf({ url, method, headers }: IncomingMessage): number | undefined {
  if (url !== activationPath) return 404
  if (method !== 'POST') return 405
  if (headers['content-type'] !== messageType) return 415
  const length = Number(headers['content-length'])
  if (!Number.isSafeInteger(length)) return 411
  return length > requestLimit ? 413 : undefined
}

function send(response: ServerResponse, answer: Uint8Array, isEnd: boolean): void {
  if (response.destroyed) return
  response.writeHead(200, {
    ...{ 'content-type': messageType, 'content-length': answer.length, 'cache-control': 'no-store' },
    ...(isEnd && { connection: 'close' }),
  })
  response.end(answer)
}

/** A request that is refused is not read: the connection is of no use after it. */
function end(response: ServerResponse, status: number): void {
  if (response.destroyed) return
  response.writeHead(status, { 'content-length': 0, connection: 'close', ...(status === 405 && { allow: 'POST' }) })
  response.end()
}
