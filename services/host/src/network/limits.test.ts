import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { encodeFrame } from '@volact/core/wire/frame'
import { encodeMessage } from '@volact/core/wire/message'
import { rounds } from '@volact/testkit/rounds'
import { makeActivatedHost, serve } from '../host.fixture.ts'
import { ask, TestConnection, TestMachine } from '../machine.fixture.ts'
import type { RunningHost } from '../start-host.ts'
import { makeVendor, start } from '../vendor.fixture.ts'
import type { NetworkLimits } from './limits.ts'
import { PaceByAddress } from './pace-by-address.ts'
import { type Addressed, PlacesByAddress } from './places-by-address.ts'

const vendor = makeVendor({ threshold: 1 })
const known = new TestMachine('known')

async function open(limits: Partial<NetworkLimits>): Promise<RunningHost> {
  const host = await serve(await makeActivatedHost(vendor), { now: start }, { limits })
  known.logId = undefined
  known.prev = undefined
  known.checkpoint = undefined
  await renew(host)
  return host
}

/** The known machine gets its lease, whatever else goes on. */
async function renew(host: RunningHost): Promise<void> {
  const sent = known.request(vendor.desktop, start)
  known.accept(vendor, sent, await ask(host.address, sent.message))
}

/** Opens a connection from an address of loopback. */
async function connectFrom(host: RunningHost, localAddress = '127.0.0.1'): Promise<Socket> {
  const [address = '', port = ''] = host.address.split(':')
  const socket = connect({ host: address, port: Number(port), localAddress })
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

async function connectMany(host: RunningHost, number: number, from?: string): Promise<Socket[]> {
  const sockets: Socket[] = []
  while (sockets.length < number) {
    const wave = Math.min(100, number - sockets.length)
    sockets.push(...(await Promise.all(Array.from({ length: wave }, () => connectFrom(host, from)))))
  }
  return sockets
}

/** Waits until something is so; a test that waits for ever is ended by its own time. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setTimeout(5)
}

describe('what a host allows on its port', () => {
  it(
    '10,000 idle connections keep nobody out, and no more of them stay than may be',
    { timeout: 120_000 },
    async () => {
      const most = rounds(8_192)
      const host = await open({ connections: most, perAddress: 0, firstByte: 600_000 })
      const idle = await connectMany(host, rounds(10_000))
      for (let round = 0; round < 20; round += 1) await renew(host)
      expect(host.figures().connections).toBeLessThanOrEqual(most)
      expect(host.figures().turnedAway).toBeGreaterThanOrEqual(idle.length - most)
      expect(host.figures().waitingBytes).toBe(0)
    },
  )

  it('one address has no more connections than it may, and another one is served', async () => {
    const host = await open({ connections: 64, perAddress: 16 })
    await connectMany(host, 40)
    await until(() => host.figures().turnedAway >= 24)
    expect(host.figures().connections).toBeLessThanOrEqual(16)
    const other = await connectFrom(host, '127.0.0.9')
    other.write(encodeFrame(encodeMessage({ kind: 'host-information-query' })))
    expect(await once(other, 'data')).toHaveLength(1)
  })

  it('connections of one address have a pace, where one is set', () => {
    const pace = new PaceByAddress(10)
    const come = (address: string, now: number): boolean => pace.isInTime({ address }, now)
    const flood = Array.from({ length: 50 }, () => come('192.0.2.1', 5_000)).filter(Boolean)
    expect(flood).toHaveLength(20)
    expect([come('192.0.2.2', 5_500), come('192.0.2.1', 5_900), come('192.0.2.1', 6_000)]).toEqual([true, false, true])
    const free = new PaceByAddress(0)
    expect(Array.from({ length: 50 }, () => free.isInTime({ address: 'a' }, 0)).every(Boolean)).toBe(true)
  })

  it('places of an address are counted right, from whenever they begin to be', () => {
    const [places, opened] = [new PlacesByAddress(8), new Set<Addressed>()]
    const come = (address: string): boolean => {
      const arrival = { address }
      const isWelcome = places.hasPlace(arrival, opened)
      if (isWelcome) {
        opened.add(arrival)
        places.add(arrival)
      }
      return isWelcome
    }
    const leave = (address: string): void => {
      for (const one of opened) {
        if (one.address !== address) continue
        opened.delete(one)
        places.remove(one, opened.size)
      }
    }
    for (let round = 0; round < 3; round += 1) {
      expect(Array.from({ length: 12 }, () => come('a')).filter(Boolean)).toHaveLength(8)
      expect(Array.from({ length: 12 }, () => come('b')).filter(Boolean)).toHaveLength(8)
      leave('a')
      expect([come('b'), come('a')]).toEqual([false, true])
      leave('a')
      leave('b')
    }
  })

  it('who asks and never reads makes nothing grow beyond the limit, and is cut off', { timeout: 300_000 }, async () => {
    const host = await open({ waitingBytes: 400_000, frame: 1_500 })
    const query = encodeFrame(encodeMessage({ kind: 'host-information-query' }))
    const many = Buffer.concat(Array.from({ length: 10_000 }, () => query))
    const deaf = await connectMany(host, 8)
    for (const socket of deaf) {
      socket.pause()
      socket.write(many)
      socket.write(many)
    }
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, host.figures().waitingBytes)
    }, 1)
    while (deaf.some((socket) => !socket.destroyed)) {
      await renew(host)
      // What has been cut off shows when it is written to.
      for (const socket of deaf) if (!socket.destroyed) socket.write(many)
      await setTimeout(20)
    }
    clearInterval(watch)
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThan(400_000 + 8 * 70_000)
    await until(() => host.figures().connections === 0)
    expect(host.figures().waitingBytes).toBe(0)
  })

  it('takes more requests in one piece than it works on, and answers all of them in order', async () => {
    const host = await open({ pipelined: 4 })
    const connection = await TestConnection.open(host.address)
    const machines = Array.from({ length: 100 }, (_, number) => new TestMachine(`pipelined ${number}`))
    const sent = machines.map((machine) => machine.request(vendor.desktop, start))
    connection.socket.write(Buffer.concat(sent.map(({ message }) => encodeFrame(encodeMessage(message)))))
    for (const [number, machine] of machines.entries()) {
      const [asked, answer] = [sent[number], await connection.next()]
      if (asked === undefined || answer === undefined) throw new Error('no answer')
      machine.accept(vendor, asked, answer)
    }
    connection.close()
    await until(() => host.figures().connections === 0)
    expect(host.figures().waitingBytes).toBe(0)
  })
})
