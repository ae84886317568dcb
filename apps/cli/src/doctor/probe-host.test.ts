import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { describe, expect, it } from 'vitest'
import { fromHex } from '@volact/core/bytes'
import { encodeFrame } from '@volact/core/wire/frame'
import { encodeMessage } from '@volact/core/wire/message'
import { information, now } from './evidence.fixture.ts'
import { probeHost } from './probe-host.ts'

const trial = { web: {}, milliseconds: 300, now: () => now }

describe('a port on which somebody listens', () => {
  it('is a host of ours when it says so, and was asked only what it is', async () => {
    const asked: Buffer[] = []
    const host = await listening((socket) => {
      socket.on('data', (piece) => {
        asked.push(piece)
        socket.write(encodeFrame(encodeMessage(information)))
      })
    })
    expect(await probe(host)).toMatchObject({ kind: 'ours', information: { vendor: 'example' }, at: now })
    expect(Buffer.concat(asked)).toEqual(Buffer.from(encodeFrame(encodeMessage({ kind: 'host-information-query' }))))
  })

  // DCE/RPC bind_nak and bind_ack (C706 §12.6.4.4, .5).
  it.each(['05000d0310000000', '05000c0310000000'])('is told as one of Microsoft when it answers %s', async (bytes) => {
    const host = await listening((socket) => socket.once('data', () => socket.end(fromHex(bytes))))
    expect(await probe(host)).toMatchObject({
      ...{ kind: 'foreign', protocol: 'rpc', message: expect.stringContaining('Microsoft KMS host') as string },
    })
  })

  it('is told as TLS when it answers with an alert', async () => {
    const host = await listening((socket) => socket.once('data', () => socket.end(fromHex('15030100020246'))))
    expect(await probe(host)).toMatchObject({ kind: 'foreign', protocol: 'tls' })
  })

  it('is told as a web server when it is one', async () => {
    expect(await probe(await started(createHttpServer()))).toMatchObject({ kind: 'foreign', protocol: 'http' })
  })

  it('is silent when it says nothing, and when it hangs up', async () => {
    expect(await probe(await listening(() => undefined))).toMatchObject({ kind: 'silent' })
    expect(await probe(await listening((socket) => socket.end()))).toMatchObject({ kind: 'silent' })
  })

  it.each([
    ['another message', encodeMessage({ kind: 'released', entry: new Uint8Array(), receipt: new Uint8Array() })],
    ['a refusal', encodeMessage({ kind: 'refusal', code: 'BUSY', text: 'later' })],
    ['no message', fromHex('ff')],
  ])('is strange when it answers with %s', async (_what, message) => {
    const host = await listening((socket) => socket.once('data', () => socket.end(encodeFrame(message))))
    expect(await probe(host)).toMatchObject({ kind: 'strange' })
  })
})

describe('a port on which nobody listens', () => {
  it('refuses, which is told with the time it took', async () => {
    const { port, close } = await listening(() => undefined)
    await close()
    const { ports, answer } = await probeHost(foundAt(port), trial)
    expect(ports).toEqual([
      { address: '127.0.0.1', milliseconds: expect.any(Number) as number, problem: 'refuses: nothing listens there' },
    ])
    expect(answer).toBeUndefined()
  })

  it('is not asked where another address of the name is open', async () => {
    const { port } = await listening((socket) => socket.end(encodeFrame(encodeMessage(information))))
    const { ports, answer } = await probeHost({ ...foundAt(port), addresses: ['::1', '127.0.0.1'] }, trial)
    expect(ports.map(({ problem }) => problem === undefined)).toEqual([false, true])
    expect(answer).toMatchObject({ kind: 'ours' })
  })
})

interface Listening {
  readonly port: number
  readonly close: () => Promise<void>
}

async function listening(serve: (socket: Socket) => void): Promise<Listening> {
  return started(
    createServer((socket) => {
      socket.on('error', () => undefined)
      serve(socket)
    }),
  )
}

async function started(server: Server): Promise<Listening> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    if (server.listening) await new Promise<unknown>((resolve) => server.close(resolve))
  }
  onTestFinished(close)
  return { port: (server.address() as AddressInfo).port, close }
}

function foundAt(port: number): Parameters<typeof probeHost>[0] {
  return { host: `kms.corp.test:${String(port)}`, from: 'dns', addresses: ['127.0.0.1'] }
}

async function probe({ port }: Listening): Promise<Awaited<ReturnType<typeof probeHost>>['answer']> {
  return (await probeHost(foundAt(port), trial)).answer
}
