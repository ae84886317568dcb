import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duration } from '@volact/core/time'
import { bugAnswer, describeFailure, failureAnswer, type LocalAnswer, WrongRequest } from './answer.ts'
import type { LocalLimits } from './limits.ts'
import { Pace } from './pace.ts'
import { readBody } from './read-body.ts'
import { listenOn, type SocketAccess } from './socket-file.ts'

// Not by `import`, which looks at every export of a module: that of node:http loads a whole client of the web, 13 MB of it.
const { createServer } = process.getBuiltinModule('node:http')

/** A request whose body was read. */
export interface LocalRequest {
  readonly method: string
  /** As it was sent: not decoded, and with whatever query it has. */
  readonly target: string
  readonly fields: ReadonlyMap<string, unknown>
}

export interface LocalServerOptions {
  readonly path: string
  readonly access: SocketAccess
  readonly limits: LocalLimits
  /** Seconds that have run since some moment. */
  readonly elapsed: () => Duration
  /** Answers, or throws a failure. */
  readonly respond: (request: LocalRequest) => Promise<LocalAnswer>
  /** Is told of each request or connection that got nothing of what it wanted for its form or its pace. */
  readonly onRefused: (reason: string) => void
  readonly onBug: (error: unknown) => void
}

/** A server on a socket of this machine. */
export interface LocalServer {
  readonly path: string
  /** Takes no more, gives the answers that are owed, and removes the socket. */
  close(): Promise<void>
}

interface Served extends LocalServerOptions {
  readonly isLeaving: () => boolean
}

/** Serves HTTP on a Unix socket, or a named pipe of Windows. Whatever a caller does ends its own connection alone. */
export async function serveLocally(options: LocalServerOptions): Promise<LocalServer> {
  const { path, access, limits } = options
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headers,
    requestTimeout: limits.request,
    keepAliveTimeout: limits.idle,
    connectionsCheckingInterval: limits.sweep,
  })
  server.maxConnections = limits.connections
  server.setTimeout(limits.request)
  takeRequests(server, { ...options, isLeaving: () => !server.listening })
  const file = await listenOn(server, path, access)
  return {
    path,
    close: async () => {
      file.remove()
      await endAll(server, limits.farewell)
    },
  }
}

function takeRequests(server: Server, options: Served): void {
  const paces = new WeakMap<Socket, Pace>()
  server.on('connection', (socket) => {
    paces.set(socket, new Pace(options.limits.requestsPerSecond, options.elapsed))
  })
  server.on('request', (request, response) => {
    const isTooFast = paces.get(request.socket)?.take() === false
    if (isTooFast) send(response, tooFast, options)
    else void serve(request, response, options)
  })
  // What is no HTTP, too long, or too slow. The sentence is Node's own, and all that goes back.
  server.on('clientError', (error, socket) => {
    options.onRefused(error.message)
    const close = (): void => void socket.destroy()
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', close)
    else close()
  })
  server.on('drop', () => {
    options.onRefused('too many connections')
  })
}

const tooFast: LocalAnswer = {
  status: 429,
  body: describeFailure('BUSY', 'one connection asks too often: wait a second'),
  headers: { Connection: 'close', 'Retry-After': '1' },
}

async function serve(request: IncomingMessage, response: ServerResponse, options: Served): Promise<void> {
  const { respond, limits } = options
  try {
    const fields = await readBody(request, limits.bodyBytes)
    // From here on the other side waits for us: an activation takes its time.
    request.socket.setTimeout(0)
    send(response, await respond({ method: request.method ?? '', target: request.url ?? '', fields }), options)
  } catch (error) {
    // Whoever asked has left.
    if (response.destroyed || request.socket.destroyed) return
    const answer = failureAnswer(error)
    if (error instanceof WrongRequest) options.onRefused(error.message)
    if (answer === undefined) options.onBug(error)
    send(response, answer ?? bugAnswer, options)
  }
}

function send(response: ServerResponse, { status, body, headers }: LocalAnswer, options: Served): void {
  if (status === 429) options.onRefused('asked too often')
  response.req.socket.setTimeout(options.limits.request)
  const leaving = options.isLeaving() ? { Connection: 'close' } : {}
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers, ...leaving })
  response.end(`${JSON.stringify(body)}\n`)
}

async function endAll(server: Server, farewell: number): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  const timer = setTimeout(() => {
    server.closeAllConnections()
  }, farewell)
  await closed
  clearTimeout(timer)
}
