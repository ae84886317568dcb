import { request } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { readBody } from '@volact/client/web/read-body'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Certificate } from '@volact/core/x509/certificate'
import type { HostActivatedMessage } from '@volact/core/wire/host-activation-messages'
import { messageType } from '@volact/core/wire/http'
import { decodeMessage, type Message } from '@volact/core/wire/message'
import { pemOf } from '../folder/certificates.ts'

/** How long the authority may be silent, in milliseconds, and the most it may say, in bytes: chain and pack. */
const patience = 30_000
const answerLimit = 8 << 20

/**
 * Sends a request for activation to the authority over HTTPS, trusting no root but the vendor's own. Throws the authority's
 * refusal by its code, `AUTHORITY_UNREACHABLE`, or `ROOT_UNKNOWN` when who answers there has no certificate of the vendor.
 */
export async function askAuthority(
  authority: string,
  message: Uint8Array,
  root: Certificate,
): Promise<HostActivatedMessage> {
  const answer = await askAuthorityAnything(authority, message, root)
  if (answer.kind === 'host-activated') return answer
  if (answer.kind !== 'refusal') throw new ActivationError('MALFORMED', `the authority answers with a ${answer.kind}`)
  throw new ActivationError(answer.code, answer.text, { data: { ...answer.detail } })
}

/** Sends any message to the authority, and gives its answer, a refusal too. Throws only when there is none. */
export async function askAuthorityAnything(
  authority: string,
  message: Uint8Array,
  root: Certificate,
): Promise<Message> {
  return decodeMessage(await post(endpoint(authority), message, root))
}

function endpoint(authority: string): URL {
  const url = URL.parse(authority)
  if (url?.protocol !== 'https:') {
    throw new ActivationError(
      'USAGE',
      `"${authority}" is no address of an authority: give an https URL with --authority`,
    )
  }
  return new URL('v1/hosts', url.href.endsWith('/') ? url : `${url.href}/`)
}

function post(url: URL, body: Uint8Array, root: Certificate): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  const headers = { 'content-type': messageType, 'content-length': body.length }
  // Said here, so that NODE_TLS_REJECT_UNAUTHORIZED in the environment does not give the host key to whoever answers.
  const trust = { ca: pemOf([root]), rejectUnauthorized: true }
  const outgoing = request(url, { method: 'POST', ...trust, agent: false, headers, timeout: patience })
  outgoing.once('timeout', () => outgoing.destroy(new Error(`no answer within ${patience / 1_000} s`)))
  outgoing.once('error', (error) => {
    reject(unreachable(url, error))
  })
  outgoing.once('response', (response) => {
    readAnswer(response, url).then(resolve, reject)
  })
  outgoing.end(body)
  return promise
}

async function readAnswer(response: IncomingMessage, url: URL): Promise<Uint8Array> {
  const body = await readBody(response, answerLimit).catch((error: unknown) => {
    throw unreachable(url, error)
  })
  if (body === undefined)
    throw new ActivationError('TOO_LARGE', `the authority answers with more than ${answerLimit} bytes`)
  if (response.headers['content-type'] === messageType) return body
  const message = `${url.href} answers with status ${String(response.statusCode)}, and is no authority: check the address`
  throw new ActivationError('AUTHORITY_UNREACHABLE', message)
}

function unreachable(url: URL, cause: unknown): ActivationError {
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause)
  if (isCertificateError(cause)) {
    const message = `who answers at ${url.origin} has no certificate of this vendor (${reason}): nothing was sent`
    return new ActivationError('ROOT_UNKNOWN', message, { cause })
  }
  const message = `the authority at ${url.origin} cannot be reached: ${reason}; check address and network, and try again`
  return new ActivationError('AUTHORITY_UNREACHABLE', message, { cause })
}

/** What OpenSSL finds wrong with a certificate has names that are not those of system errors. */
function isCertificateError(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false
  return /CERT|VERIFY|SELF_SIGNED|ERR_TLS|CRL|HOSTNAME/.test(error.code)
}
