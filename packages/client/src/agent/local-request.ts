import type { IncomingMessage } from 'node:http'
import { decodeUtf8 } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import { describeError, type ErrorCode } from '@volact/core/errors/table'
import { systemCode } from '@volact/files/file-error'
import { readBody } from '../web/read-body.ts'

/** How long an agent may take for its answer, in milliseconds, and how long that may be, in bytes. */
export interface LocalRequestLimits {
  readonly milliseconds: number
  readonly bytes: number
}

/** The limits where nobody says otherwise: a lease file has 32 KiB at most. */
export const localRequestLimits: LocalRequestLimits = { milliseconds: 10_000, bytes: 131_072 }

/**
 * Posts a JSON object to the agent behind a socket, and gives the fields of the one that comes back. `AGENT_UNREACHABLE`, `MALFORMED`,
 * or the failure that the agent names.
 */
export async function postToAgent(
  socketPath: string,
  path: string,
  body: object,
  limits: LocalRequestLimits = localRequestLimits,
): Promise<ReadonlyMap<string, unknown>> {
  const signal = AbortSignal.timeout(limits.milliseconds)
  try {
    const response = await post(socketPath, path, body, signal)
    const fields = parseObject(await readAll(response, limits.bytes))
    if (response.statusCode === 200) return fields
    throw failureOf(fields.get('error'))
  } catch (error) {
    if (error instanceof ActivationError) throw error
    const why = signal.aborted ? 'it took too long' : (systemCode(error) ?? String(error))
    throw new ActivationError('AGENT_UNREACHABLE', `no agent answers on ${socketPath}: ${why}`, { cause: error })
  }
}

function post(socketPath: string, path: string, body: object, signal: AbortSignal): Promise<IncomingMessage> {
  // Only those pay for it who ask an agent; an `import` would load four times as much, since it looks at every export.
  const { request } = process.getBuiltinModule('node:http')
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const headers = { 'Content-Type': 'application/json' }
  const outgoing = request({ socketPath, path, method: 'POST', headers, agent: false, signal }, resolve)
  outgoing.once('error', reject)
  outgoing.end(JSON.stringify(body))
  return promise
}

async function readAll(response: IncomingMessage, limit: number): Promise<Uint8Array> {
  const body = await readBody(response, limit)
  if (body !== undefined) return body
  throw new ActivationError('TOO_LARGE', `the agent answers with more than ${limit} bytes`)
}

function parseObject(bytes: Uint8Array): ReadonlyMap<string, unknown> {
  const value = parse(decodeUtf8(bytes) ?? '')
  if (typeof value === 'object' && value !== null) return new Map(Object.entries(value))
  throw new ActivationError('MALFORMED', 'what answers on the socket is no agent: it sends no JSON object')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What another program says of a failure is shown, and decides nothing. */
function failureOf(error: unknown): ActivationError {
  if (typeof error === 'object' && error !== null && 'code' in error && 'message' in error) {
    const { code, message } = error
    if (isErrorCode(code) && typeof message === 'string') return new ActivationError(code, message)
  }
  return new ActivationError('AGENT_UNREACHABLE', 'the agent failed and does not say why: look at its log')
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && describeError(code)?.name === code
}
