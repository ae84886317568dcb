import { createServer, type AddressInfo, type Server } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { encodeFrame } from '@volact/core/wire/frame'
import { codeOf } from './client.fixture.ts'
import { exchange } from './transport.ts'

const answer = Uint8Array.of(1, 2, 3)

async function answering(host: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(encodeFrame(answer)))
  })
  await listening(server, host)
  return (server.address() as AddressInfo).port
}

async function listening(server: Server, host: string): Promise<void> {
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, resolve)
  })
}

describe('a message on its way to a host', () => {
  it('goes to the addresses that are known, whatever the operating system would find', async () => {
    const port = await answering('127.0.0.1')
    const route = { addresses: ['127.0.0.1'] }
    expect(await exchange({ name: 'host.invalid', port }, Uint8Array.of(0), undefined, route)).toEqual(answer)
  })

  it('goes to the next address of a host where one does not answer, of either kind', async () => {
    const port = await answering('127.0.0.1')
    const route = { addresses: ['::1', '127.0.0.1'] }
    expect(await exchange({ name: 'host.invalid', port }, Uint8Array.of(0), undefined, route)).toEqual(answer)
  })

  it('names every address that was tried', async () => {
    const server = createServer()
    await listening(server, '127.0.0.1')
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const asked = exchange({ name: 'host.invalid', port }, Uint8Array.of(0), undefined, {
      addresses: ['127.0.0.1', '127.0.0.2'],
    })
    await expect(asked).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      attempts: [{ target: `127.0.0.1:${String(port)}` }, { target: `127.0.0.2:${String(port)}` }],
    })
    expect(
      await codeOf(() => exchange({ name: 'host.invalid', port }, Uint8Array.of(0), undefined, { addresses: [] })),
    ).toBe('HOST_UNREACHABLE')
  })

  it('is not sent when it is not wanted any more', async () => {
    const port = await answering('127.0.0.1')
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(exchange({ name: '127.0.0.1', port }, Uint8Array.of(0), undefined, { signal })).rejects.toThrow(
      'enough',
    )
  })

  it('that is broken off leaves no timer that would keep the program from ending', async () => {
    const taken = Promise.withResolvers<undefined>()
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => {
        taken.resolve(undefined)
      })
    })
    await listening(server, '127.0.0.1')
    const { port } = server.address() as AddressInfo
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    const before = timers()
    for (const sent of [Promise.resolve(undefined), taken.promise]) {
      const controller = new AbortController()
      const asked = exchange({ name: '127.0.0.1', port }, Uint8Array.of(0), undefined, { signal: controller.signal })
      await sent
      controller.abort(new Error('enough'))
      await expect(asked).rejects.toThrow('enough')
      for (let turn = 0; turn < 100 && timers() > before; turn += 1) await new Promise(setImmediate)
      expect(timers()).toBeLessThanOrEqual(before)
    }
  })
})
