import type { FastifyInstance, FastifyReply } from 'fastify'
import { ActivationError } from '@volact/core/errors/activation-error'
import { messageType } from '@volact/core/wire/http'
import type { Authority } from '../authority.ts'
import { answerHost, type HttpAnswer, refuse } from './answer-http.ts'
import { serviceLimits } from './limits.ts'

/** Private key and certificate chain of the server, in PEM. */
export interface TlsFiles {
  readonly key: string
  readonly chain: string
}

/** What the server works with. `report` is told of failures of this machine and of bugs; they never end the service. */
export interface HttpParts {
  readonly authority: Authority
  readonly tls: TlsFiles
  readonly report: (error: unknown) => void
}

/** Makes the HTTPS server that hosts are activated at; it does not listen yet. It logs nothing, the audit has it all. */
export async function makeHttpServer({ authority, tls, report }: HttpParts): Promise<FastifyInstance> {
  const { default: fastify } = await import('fastify')
  const server = fastify({
    https: { key: tls.key, cert: tls.chain, minVersion: 'TLSv1.2' },
    bodyLimit: serviceLimits.question,
    requestTimeout: serviceLimits.requestTimeout,
    connectionTimeout: serviceLimits.idleTimeout,
    keepAliveTimeout: serviceLimits.idleTimeout,
    forceCloseConnections: true,
  })
  server.server.maxConnections = serviceLimits.connections
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(messageType, { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body)
  })
  server.get('/healthz', (_request, reply) => reply.type('text/plain').send('ok\n'))
  server.post('/v1/hosts', async ({ body, ip }, reply) => {
    const bytes = Buffer.isBuffer(body) ? new Uint8Array(body) : new Uint8Array()
    return send(reply, await answerHost(authority, bytes, ip))
  })
  server.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('not found\n'))
  server.setErrorHandler((error, _request, reply) => send(reply, answerFailure(error, report)))
  return server
}

function send(reply: FastifyReply, { status, body, retryAfter }: HttpAnswer): FastifyReply {
  if (retryAfter !== undefined) void reply.header('retry-after', retryAfter)
  return reply.code(status).type(messageType).send(Buffer.from(body))
}

/** What fastify refuses by itself has a status below 500; all else is ours, and no asker learns more of it. */
function answerFailure(error: unknown, report: (error: unknown) => void): HttpAnswer {
  const status = statusOf(error)
  if (status === 413)
    return refuse('TOO_LARGE', `a question to the authority has at most ${serviceLimits.question} bytes`)
  if (status !== undefined && status < 500) {
    return { ...refuse('MALFORMED', `this takes one message as ${messageType}`), status }
  }
  report(error)
  const text = 'the authority cannot work right now; its administrator finds the reason in its log'
  return { ...refuse('BUSY', text), status: error instanceof ActivationError ? 503 : 500 }
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined
  return typeof error.statusCode === 'number' ? error.statusCode : undefined
}
