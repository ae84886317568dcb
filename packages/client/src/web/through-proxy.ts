import type { Socket } from 'node:net'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { WebProxy } from './web-settings.ts'

/** The most that a proxy may say before the connection stands, in bytes. */
const mostHeader = 16_384
const headerEnd = '\r\n\r\n'
/** How much of its reason is repeated to a person. */
const mostReason = 200

/** Has a proxy open the way to a host (RFC 9110 §9.3.6). `PROXY_REFUSED` with what it says. */
export async function throughProxy(socket: Socket, proxy: WebProxy, target: string): Promise<void> {
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${authorization(proxy)}\r\n`)
  const header = await headerFrom(socket)
  const [, status = '', reason = ''] = /^HTTP\/1\.[01] (\d{3})(?: ([^\r\n]*))?/.exec(header) ?? []
  if (status.startsWith('2') && header.includes(headerEnd)) return
  throw new ActivationError('PROXY_REFUSED', refusalText(proxy, status, reason))
}

function authorization({ credentials }: WebProxy): string {
  if (credentials === undefined) return ''
  return `Proxy-Authorization: Basic ${Buffer.from(credentials, 'utf8').toString('base64')}\r\n`
}

function refusalText(proxy: WebProxy, status: string, reason: string): string {
  const name = `the proxy ${proxy.name}:${String(proxy.port)}`
  if (status === '' || status.startsWith('2')) return `${name} gave no answer of a proxy`
  if (status !== '407') return `${name} does not let us through: ${status} ${reason.slice(0, mostReason)}`
  return proxy.credentials === undefined
    ? `${name} wants a user and a password, and none are set`
    : `${name} does not take the user and the password that are set`
}

/** Reads up to the empty line; what comes behind it belongs to the host, and nothing does before we have spoken. */
function headerFrom(socket: Socket): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let text = ''
  const end = (): void => {
    socket.off('data', take)
    socket.pause()
    resolve(text)
  }
  const take = (piece: Buffer): void => {
    text += piece.toString('latin1')
    if (text.includes(headerEnd) || text.length > mostHeader) end()
  }
  socket.on('data', take)
  socket.once('end', end)
  // The listener stays: an error without one would end the program.
  socket.on('error', reject)
  return promise
}
