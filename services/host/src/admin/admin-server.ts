import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ListenPlace, startListening } from '../network/start-listening.ts'
import { expositionType } from '../metrics/exposition.ts'
import { Seats } from '../network/seats.ts'
import type { Readiness } from './readiness.ts'

/** What the admin listener tells. */
export interface AdminSource {
  readonly readiness: () => Promise<Readiness>
  /** The text for Prometheus. */
  readonly metrics: () => Promise<string>
}

export interface AdminServer {
  readonly address: string
  close(): Promise<void>
}

// Not imported: with the names of the whole module Node would load its web client, 12 MB.
const { createServer } = process.getBuiltinModule('node:http')

const mostConnections = 64

/** Serves `/livez`, `/readyz` and `/metrics` over plain HTTP, to whoever reaches the address. */
export async function startAdmin(where: ListenPlace, source: AdminSource): Promise<AdminServer> {
  const seats = new Seats({ connections: mostConnections, perAddress: 0, newPerSecond: 0 })
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 8_192, connectionsCheckingInterval: 1_000 },
    (request, response) => {
      response.once('close', seats.owe(request.socket))
      void answer(request, response, source)
    },
  )
  server.maxRequestsPerSocket = mostConnections
  server.on('connection', (socket) => seats.take(socket))
  const address = await startListening(server, where, '--admin')
  return {
    address,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

/** What cannot be told must not end the host: somebody else's activation is worth more. */
async function answer(request: IncomingMessage, response: ServerResponse, source: AdminSource): Promise<void> {
  try {
    await respond(request, response, source)
  } catch (error) {
    say(response, 500, `${error instanceof Error ? error.message : String(error)}\n`, 'text/plain')
  }
}

async function respond(request: IncomingMessage, response: ServerResponse, source: AdminSource): Promise<void> {
  request.resume()
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    say(response, 405, 'only GET is answered here\n', 'text/plain')
    return
  }
  switch (request.url?.split('?', 1)[0] ?? '') {
    case '/livez':
      say(response, 200, 'alive\n', 'text/plain')
      break
    case '/readyz': {
      const { isReady, reasons } = await source.readiness()
      say(response, isReady ? 200 : 503, isReady ? 'ready\n' : `not ready\n${reasons.join('\n')}\n`, 'text/plain')
      break
    }
    case '/metrics':
      say(response, 200, await source.metrics(), expositionType)
      break
    default:
      say(response, 404, 'there are /livez, /readyz and /metrics\n', 'text/plain')
  }
}

function say(response: ServerResponse, status: number, text: string, type: string): void {
  if (response.closed) return
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  })
  response.end(text)
}
