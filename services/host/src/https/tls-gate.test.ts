import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { encodeFrame } from '@volact/core/wire/frame'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { expect, it, onTestFinished } from 'vitest'
import { listen } from '../network/frame-server.ts'
import { networkLimits } from '../network/limits.ts'
import { readTlsFiles } from './tls-files.ts'
import { TlsGate } from './tls-gate.ts'
import { makeTls } from './tls.fixture.ts'

const alert = 21

it.each(['before', 'behind'])(
  'who ends %s its answer is told goodbye, so that nobody takes that for an end that was cut off (RFC 8446 §6.1)',
  async (when) => {
    const site = makeTls(temporaryFolder(), 'site')
    const gate = new TlsGate('required', readTlsFiles({ ...site, use: 'tls' }), networkLimits)
    const server = await listen(
      { host: '127.0.0.1', port: 0 },
      {
        limits: networkLimits,
        refuse: () => undefined,
        respond: (message, reply) => {
          reply.answer(message)
        },
      },
      gate.pass,
    )
    onTestFinished(() => server.close())
    const between = await tap(Number(server.address.split(':')[1]))
    // The last version that shows which records are alerts.
    const terms = { ca: site.ca, maxVersion: 'TLSv1.2', allowHalfOpen: true } as const
    const socket = connectTls({ ...terms, host: '127.0.0.1', port: between.port })
    await once(socket, 'secureConnect')
    socket.write(encodeFrame(Uint8Array.of(1)))
    if (when === 'behind') await once(socket, 'data')
    socket.end()
    for await (const piece of socket) expect(piece).toHaveLength(5)
    expect(between.records().at(-1)).toBe(alert)
  },
)

/** Lets a connection through to a port, and says of what types the records are that came back from there. */
async function tap(port: number): Promise<{ readonly port: number; readonly records: () => readonly number[] }> {
  const pieces: Uint8Array[] = []
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const host = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    client.pipe(host).pipe(client)
    host.on('data', (piece) => pieces.push(piece))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, records: () => recordTypes(Buffer.concat(pieces)) }
}

function recordTypes(bytes: Buffer): readonly number[] {
  const types: number[] = []
  for (let at = 0; at < bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) types.push(Number(bytes[at]))
  return types
}
