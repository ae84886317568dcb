import type { IncomingMessage } from 'node:http'
import { concat, decodeUtf8 } from '@volact/core/bytes'
import { WrongRequest } from './answer.ts'

/**
 * Reads the JSON object of a request, of at most `limit` bytes: no more is ever kept. No body is an empty object. Rejects with a
 * `WrongRequest` for anything else, and with the system's error when the other side leaves.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<ReadonlyMap<string, unknown>> {
  return parseObject(decodeUtf8(await readBytes(request, limit)))
}

/** Not with `for await`, which would take the connection away before the refusal is sent. */
function readBytes(request: IncomingMessage, limit: number): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  const chunks: Uint8Array[] = []
  let length = 0
  request.on('data', (chunk: Uint8Array) => {
    length += chunk.length
    if (length <= limit) chunks.push(chunk)
    else reject(new WrongRequest(413, 'TOO_LARGE', `the body of a request may have ${limit} bytes`, closing))
  })
  request.once('end', () => {
    resolve(concat(...chunks))
  })
  request.once('error', reject)
  return promise
}

/** What else comes of it is not waited for. */
const closing = { Connection: 'close' }

function parseObject(text: string | undefined): ReadonlyMap<string, unknown> {
  if (text === '') return new Map()
  const value = parse(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return new Map(Object.entries(value))
  throw new WrongRequest(400, 'MALFORMED', 'the body of the request is no JSON object')
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
