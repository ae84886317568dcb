import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { ActivationError } from '@volact/core/errors/activation-error'
import { expect, it, onTestFinished } from 'vitest'
import { exchange, transportLimits } from '../transport.ts'

/** Asks a host through a proxy that does what it likes. */
async function through(proxy: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => undefined)
    socket.once('data', () => {
      proxy(socket)
    })
  })
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const web = { proxy: { name: '127.0.0.1', port, isSecure: false, credentials: 'ann:pass-word' } }
  const limits = { ...transportLimits, connectMilliseconds: 300, answerMilliseconds: 300, web }
  return exchange({ name: 'host.test', port: 443, via: 'https' }, Uint8Array.of(1), limits).then(
    () => 'answered',
    (error: unknown) => (error instanceof ActivationError ? `${error.code} ${error.message}` : String(error)),
  )
}

it.each<[string, RegExp, (socket: Socket) => void]>([
  ['says nothing', /^HOST_MUTE /, () => undefined],
  ['answers without end', /^PROXY_REFUSED /, (socket) => socket.write(`HTTP/1.1 200 ${'x'.repeat(20_000)}`)],
  ['breaks off', /^PROXY_REFUSED |^HOST_/, (socket) => socket.destroy()],
  ['breaks off in the middle', /^PROXY_REFUSED |^HOST_/, (socket) => socket.end('HTTP/1.1 200 OK\r\n')],
  [
    'refuses at length',
    /^PROXY_REFUSED .{0,300}$/,
    (socket) => socket.write(`HTTP/1.1 403 ${'x'.repeat(9_000)}\r\n\r\n`),
  ],
  ['sends elsewhere', /^PROXY_REFUSED /, (socket) => socket.write('HTTP/1.1 302 Found\r\nLocation: http://x/\r\n\r\n')],
  ['wants another password', /^PROXY_REFUSED /, (socket) => socket.write('HTTP/1.1 407 No\r\n\r\n')],
  [
    'speaks no TLS behind it',
    /^HOST_MUTE |^TLS_UNTRUSTED /,
    (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\nplain plain plain'),
  ],
])('says what is wrong with a proxy that %s, and never its password', async (_, expected, proxy) => {
  const said = await through(proxy)
  expect(said).toMatch(expected)
  expect(said).not.toMatch(/pass-word|YW5u/)
})
