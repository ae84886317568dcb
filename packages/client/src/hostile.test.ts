import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { utf8 } from '@volact/core/bytes'
import { filled, grantTime, start as founded } from '@volact/core/document/host.fixture'
import type { Message, MessageBody } from '@volact/core/wire/message'
import { encodeFrame } from '@volact/core/wire/frame'
import { minutes } from '@volact/core/time'
import { activation, codeOf, grantFor, honest, setupKey, shortLimits, TestVendor } from './client.fixture.ts'
import { leaseOf, newClient, startScripted } from './setting.fixture.ts'

const vendor = new TestVendor()

describe('a hostile host', () => {
  const rpcAnswer = Uint8Array.from([5, 0, 12, 3, 16, 0, 0, 0, ...filled(0, 60)])

  it.each<[string, string, (message: Message) => Uint8Array | 'silence' | 'close' | MessageBody]>([
    ['16 KiB of garbage', 'TOO_LARGE', () => new Uint8Array(16_384).fill(0xa7)],
    ['a frame of garbage', 'MALFORMED', () => encodeFrame(filled(0xff, 100))],
    ['an empty frame', 'MALFORMED', () => new Uint8Array(4)],
    ['half an answer', 'HOST_MUTE', () => encodeFrame(filled(1, 500)).subarray(0, 200)],
    ['the end of the connection', 'HOST_MUTE', () => 'close'],
    ['silence', 'HOST_MUTE', () => 'silence'],
    ['an RPC answer', 'FOREIGN_PROTOCOL', () => rpcAnswer],
    ['a web page', 'FOREIGN_PROTOCOL', () => utf8('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['another kind of message', 'MALFORMED', () => ({ kind: 'host-information-query' })],
    ['a question back', 'MALFORMED', (message) => activation(message)],
  ])('that sends %s gets one coded error: %s', async (_, code, reply) => {
    const { client } = await newClient(vendor, { limits: shortLimits })
    const server = await startScripted(reply)
    client.installKey(setupKey)
    expect(await codeOf(() => client.activate({ host: server.address }))).toBe(code)
    const status = client.status()
    expect(status).toMatchObject({ state: 'initial-grace', lastAttempt: { outcome: 'unreachable', code } })
    expect(status.nextAttempt).toBeGreaterThanOrEqual(grantTime + minutes(90))
    expect(status.nextAttempt).toBeLessThanOrEqual(grantTime + minutes(120))
  })

  it.each<[string, Uint8Array | 'close']>([
    ['without an answer', 'close'],
    ['in the middle of its answer', encodeFrame(filled(1, 500)).subarray(0, 200)],
  ])('that closes %s is told apart', async (words, reply) => {
    const { client } = await newClient(vendor)
    const server = await startScripted(() => reply)
    client.installKey(setupKey)
    await expect(client.activate({ host: server.address })).rejects.toThrow(words)
  })

  it('that sends its answer byte by byte is given up at the same time as a silent one', async () => {
    const { client } = await newClient(vendor, { limits: shortLimits })
    const server = await startScripted((_, socket) => {
      const trickle = setInterval(() => socket.write(Uint8Array.of(0)), 20)
      socket.write(Uint8Array.of(0, 0, 0x10, 0))
      socket.once('close', () => {
        clearInterval(trickle)
      })
      return 'silence'
    })
    client.installKey(setupKey)
    await expect(client.activate({ host: server.address })).rejects.toThrow('gave no whole answer in 0.2 s')
  })

  it('is told in plain words when it speaks the protocol of Microsoft', async () => {
    const { client } = await newClient(vendor)
    const server = await startScripted(() => rpcAnswer)
    client.installKey(setupKey)
    await expect(client.activate({ host: server.address })).rejects.toThrow('a Microsoft KMS host')
  })

  it.each([
    ['a grant with another nonce', 'LEASE_MISMATCH', { nonce: filled(9, 16) }],
    ['a grant of another request', 'LEASE_MISMATCH', { req: filled(9) }],
    ['a grant for another machine', 'LEASE_MISMATCH', { machine: filled(9) }],
    ['a grant for another anchor', 'LEASE_MISMATCH', { anchor: filled(9) }],
    ['a grant for another product', 'LEASE_MISMATCH', { product: filled(9, 16) }],
    ['a lower threshold (rule 10)', 'COUNT_INSUFFICIENT', { threshold: 1 }],
    ['a count below the threshold', 'COUNT_INSUFFICIENT', { count: 24 }],
    ['a lease beyond its certificates (rule 6)', 'LEASE_MISMATCH', { expires: 3_000_000_000 }],
  ])('that sends %s is refused', async (_, code, changes) => {
    const { client, dir, clock } = await newClient(vendor)
    const server = await startScripted(honest(vendor.host(), clock.now, changes))
    client.installKey(setupKey)
    expect(await codeOf(() => client.activate({ host: server.address }))).toBe(code)
    expect([existsSync(join(dir, 'licenses')), existsSync(join(dir, 'checkpoints'))]).toEqual([false, false])
  })

  it.each([
    ['of another vendor', 'ROOT_UNKNOWN', () => new TestVendor().host()],
    [
      'that serves other products',
      'PRODUCT_NOT_SERVED',
      () => vendor.host({ entitlement: { groups: [{ group: 30, generation: 9 }] } }),
    ],
    [
      'whose certificate is for another ledger',
      'LOG_MISMATCH',
      () => vendor.host({ entitlement: { logId: filled(7) } }),
    ],
  ])('%s is refused', async (_, code, host) => {
    const { client, clock } = await newClient(vendor)
    const server = await startScripted(honest(host(), clock.now))
    client.installKey(setupKey)
    expect(await codeOf(() => client.activate({ host: server.address }))).toBe(code)
  })

  it.each([
    ['a smaller tree', 'HOST_ROLLED_BACK', 0],
    ['another tree of the same size', 'LOG_FORKED', 1],
    ['a larger tree that is no continuation', 'CONSISTENCY_FAILED', 2],
  ])('that shows %s is caught, and the lease runs on (rules 22, 25)', async (_, code, more) => {
    const { client, dir, clock } = await newClient(vendor)
    const signer = vendor.root.signer
    const host = vendor.host({ signer })
    const append = (to: typeof host, count: number): void => {
      for (let i = 0; i < count; i++) to.append({ kind: 'note-key', index: 2 + i, time: founded, noteKey: filled(i) })
    }
    append(host, 2)
    const server = await startScripted(honest(host, clock.now))
    client.installKey(setupKey)
    client.setHost(server.address)
    await client.activate()
    const before = leaseOf(dir)
    // The same entry 0, so the same log ID, and then another history.
    const branch = vendor.host({ signer })
    append(branch, 1 + more)
    clock.time += 60
    server.reply = (message) => grantFor(branch, activation(message).request, clock.time)
    expect(await codeOf(() => client.activate())).toBe(code)
    expect(leaseOf(dir)).toEqual(before)
    expect(client.status()).toMatchObject({ state: 'licensed', notes: [] })
  })

  it('that replays an old answer is refused', async () => {
    const { client, clock } = await newClient(vendor)
    const answers: MessageBody[] = []
    const grant = honest(vendor.host(), clock.now)
    const server = await startScripted((message) => {
      const answer = grant(message)
      answers.push(answer)
      return answer
    })
    client.installKey(setupKey)
    client.setHost(server.address)
    await client.activate()
    server.reply = () => answers[0] ?? 'close'
    expect(await codeOf(() => client.activate())).toBe('LEASE_MISMATCH')
  })

  it('whose clock went back is refused (rule 42)', async () => {
    const { client, clock } = await newClient(vendor)
    const host = vendor.host()
    const server = await startScripted(honest(host, clock.now))
    client.installKey(setupKey)
    client.setHost(server.address)
    await client.activate()
    server.reply = honest(host, () => grantTime - 60)
    expect(await codeOf(() => client.activate())).toBe('CLOCK_SKEW')
  })
})
