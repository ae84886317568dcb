import { once } from 'node:events'
import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { encodeFrame } from '@volact/core/wire/frame'
import { encodeMessage, type Message } from '@volact/core/wire/message'
import { isLong, rounds } from '@volact/testkit/rounds'
import { makeActivatedHost, serve } from './host.fixture.ts'
import { ask, type SentRequest, TestConnection, TestMachine } from './machine.fixture.ts'
import type { RunningHost } from './start-host.ts'
import { makeVendor, start } from './vendor.fixture.ts'
import { verifyHostLedger } from './verify-host-ledger.ts'

const vendor = makeVendor({ threshold: 1 })

/** Sends bytes as a message; the answer, of which there is one, whatever they are. */
async function send(host: RunningHost, bytes: Uint8Array): Promise<Message> {
  const connection = await TestConnection.open(host.address)
  connection.socket.write(encodeFrame(bytes))
  const answer = await connection.next()
  connection.close()
  if (answer === undefined) throw new Error('no answer')
  return answer
}

function sizeOf(host: RunningHost): number {
  return host.status().ledger?.size ?? 0
}

/** Sends a request with each of its bytes changed, and cut off at each; nothing but a grant leaves anything behind. */
async function damageAll(host: RunningHost, request: () => SentRequest): Promise<Map<string, number>> {
  const answers = new Map<string, number>()
  const step = isLong() ? 1 : 5
  const length = encodeMessage(request().message).length
  const look = async (bytes: Uint8Array): Promise<void> => {
    const before = sizeOf(host)
    const answer = await send(host, bytes)
    const said = answer.kind === 'refusal' ? answer.code : answer.kind
    answers.set(said, (answers.get(said) ?? 0) + 1)
    expect(['refusal', 'challenge', 'grant']).toContain(answer.kind)
    if (answer.kind !== 'grant' && !answers.has('grant')) expect(sizeOf(host)).toBe(before)
  }
  for (let at = randomInt(step); at < length; at += step) {
    const whole = encodeMessage(request().message)
    const changed = Uint8Array.from(whole)
    changed[at] = Number(changed[at]) ^ (1 << randomInt(8))
    await look(changed)
    if (at > 0) await look(whole.subarray(0, at))
  }
  return answers
}

describe('garbage on every byte of a valid request', () => {
  it('of a new machine gets a coded answer and leaves nothing behind, on both ways', { timeout: 300_000 }, async () => {
    for (const fastWay of ['on', 'off'] as const) {
      const dir = await makeActivatedHost(vendor)
      const host = await serve(dir, { now: start }, { fastWay })
      const machine = new TestMachine('new')
      const answers = await damageAll(host, () => machine.request(vendor.desktop, start))
      // What is not signed and may be ignored may differ: then it is a valid request.
      expect(answers.get('SIGNATURE_INVALID') ?? 0).toBeGreaterThan(0)
      const sent = machine.request(vendor.desktop, start)
      machine.accept(vendor, sent, await ask(host.address, sent.message))
      await host.close()
      expect(await verifyHostLedger(dir)).toMatchObject({ verified: true })
    }
  })

  it(
    'of a known machine harms nobody: what is granted on a forged signature is disputed, and it renews on',
    { timeout: 300_000 },
    async () => {
      const dir = await makeActivatedHost(vendor)
      const host = await serve(dir)
      const machine = new TestMachine('known')
      const renew = async (): Promise<Message> => {
        const { sent, answer } = await machine.ask(host.address, vendor.desktop, start)
        machine.accept(vendor, sent, answer)
        return answer
      }
      await renew()
      await renew()
      await damageAll(host, () => machine.request(vendor.desktop, start))
      const answer = await renew()
      expect(answer.kind === 'grant' && answer.twin).toBe(undefined)
      expect(host.status()).toMatchObject({ machines: 1, twins: 0 })
      await host.close()
      expect(await verifyHostLedger(dir)).toMatchObject({ verified: true })
    },
  )
})

describe('recorded requests, again and in any order', () => {
  it(
    'bring nobody anything, take nothing from the machines, and call nobody a twin',
    { timeout: 120_000 },
    async () => {
      const dir = await makeActivatedHost(vendor)
      const host = await serve(dir)
      const machines = Array.from({ length: 6 }, (_, number) => new TestMachine(`machine ${number}`))
      const recorded: Message[] = []
      for (let renewal = 0; renewal < 4; renewal += 1) {
        for (const machine of machines) {
          const { sent, answer } = await machine.ask(host.address, vendor.desktop, start + renewal)
          machine.accept(vendor, sent, answer)
          recorded.push(sent.message)
        }
      }
      const before = host.status()
      for (let round = 0; round < rounds(100); round += 1) {
        const shuffled = recorded.toSorted(() => randomInt(3) - 1)
        const answers = await Promise.all(shuffled.map((message) => ask(host.address, message)))
        for (const answer of answers) expect(['grant', 'challenge', 'refusal']).toContain(answer.kind)
      }
      for (const machine of machines) {
        const { sent, answer } = await machine.ask(host.address, vendor.desktop, start + 10)
        machine.accept(vendor, sent, answer)
        expect(answer.kind === 'grant' && answer.twin).toBe(undefined)
      }
      const after = host.status()
      expect(after).toMatchObject({ machines: before.machines, applications: before.applications, forks: 0, twins: 0 })
      expect(after.ledger?.size).toBe((before.ledger?.size ?? 0) + machines.length)
    },
  )
})

describe('other protocols on the port', () => {
  it('are left alone or refused with one code, all at once, and machines are served beside them', async () => {
    const notes: string[] = []
    const clock = { now: start }
    const host = await serve(await makeActivatedHost(vendor), clock, { onNote: (text) => notes.push(text) })
    const bind = Uint8Array.of(5, 0, 0x0b, 3, 0x10, 0, 0, 0, 0x74, 0, 0, 0, 2, 0, 0, 0)
    const strangers: readonly Uint8Array[] = [
      bind,
      new TextEncoder().encode('GET / HTTP/1.1\r\nHost: host\r\n\r\n'),
      new TextEncoder().encode('SSH-2.0-OpenSSH_9.9\r\n'),
      Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3),
      Uint8Array.of(0xff, 0x53, 0x4d, 0x42),
    ]
    const knock = async (bytes: Uint8Array): Promise<string | undefined> => {
      const connection = await TestConnection.open(host.address)
      connection.socket.write(bytes)
      const said = await connection.next()
      if (!connection.socket.destroyed && !connection.socket.readableEnded) await once(connection.socket, 'close')
      return said?.kind === 'refusal' ? said.code : said?.kind
    }
    const machine = new TestMachine('served')
    for (let round = 0; round < 5; round += 1) {
      const answers = Promise.all(strangers.map(knock))
      const { sent, answer } = await machine.ask(host.address, vendor.desktop, clock.now)
      machine.accept(vendor, sent, answer)
      for (const said of await answers) expect([undefined, 'TOO_LARGE', 'MALFORMED']).toContain(said)
    }
    const microsoft = (): readonly string[] => notes.filter((note) => note.includes('Microsoft'))
    expect(microsoft()).toHaveLength(1)
    clock.now += 3_599
    await knock(bind)
    expect(microsoft()).toHaveLength(1)
    clock.now += 1
    await knock(bind)
    expect(microsoft()).toHaveLength(2)
    expect(microsoft()[0]).toContain('127.0.0.1')
  })
})
