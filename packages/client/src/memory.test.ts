import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { equal, toHex } from '@volact/core/bytes'
import { grantTime } from '@volact/core/document/host.fixture'
import { days, hours, minutes } from '@volact/core/time'
import { codeOf, desktopId, hardware, honest, setupKey, TestVendor } from './client.fixture.ts'
import { newClient, startScripted } from './setting.fixture.ts'

const vendor = new TestVendor()

describe('an open request (rule 14)', () => {
  it('is written whole before it is sent, repeated byte by byte, and given up after three tries', async () => {
    const { client, dir, clock } = await newClient(vendor)
    const file = join(dir, 'pending', `${desktopId}.cbor`)
    const written: Buffer[] = []
    const server = await startScripted(() => {
      written.push(readFileSync(file))
      return 'close'
    })
    client.installKey(setupKey)
    client.setHost(server.address)
    for (let i = 0; i < 4; i++) {
      clock.time += minutes(20)
      expect(await codeOf(() => client.activate())).toBe('HOST_MUTE')
    }
    const [first, second, third, fourth] = server.bytes.map((bytes) => toHex(bytes))
    expect([second, third]).toEqual([first, first])
    expect(fourth).not.toBe(first)
    for (const [i, bytes] of server.bytes.entries()) expect(written[i]?.includes(Buffer.from(bytes))).toBe(true)
  })

  it('is repeated by the next program, and its grant accepted', async () => {
    const { client, reopen, clock } = await newClient(vendor)
    const server = await startScripted(() => 'close')
    client.installKey(setupKey)
    client.setHost(server.address)
    expect(await codeOf(() => client.activate())).toBe('HOST_MUTE')
    server.reply = honest(vendor.host(), clock.now)
    expect(await (await reopen()).activate()).toMatchObject({ outcome: 'activated' })
    const [first, second] = server.bytes
    expect(first !== undefined && second !== undefined && equal(first, second)).toBe(true)
  })

  it.each([
    ['the hardware', { ...hardware, boardSerial: 'BRD-1002' }],
    ['the name of the machine', { ...hardware, hostname: 'pc-2' }],
    ['that it is a virtual machine', { ...hardware, virtual: true }],
  ])('is given up when %s has changed', async (_, changed) => {
    let facts = hardware
    const { client } = await newClient(vendor, { probe: () => Promise.resolve(facts) })
    const server = await startScripted(() => 'close')
    client.installKey(setupKey)
    client.setHost(server.address)
    await codeOf(() => client.activate())
    facts = changed
    await codeOf(() => client.activate())
    const [first, second] = server.requests
    expect(first?.digest).not.toEqual(second?.digest)
  })

  it('that is damaged is given up', async () => {
    const { client, dir } = await newClient(vendor)
    const server = await startScripted(() => 'close')
    client.installKey(setupKey)
    client.setHost(server.address)
    await codeOf(() => client.activate())
    writeFileSync(join(dir, 'pending', `${desktopId}.cbor`), '')
    await codeOf(() => client.activate())
    expect(server.requests).toHaveLength(2)
  })

  it('is forgotten once it is answered, also by a refusal', async () => {
    const { client } = await newClient(vendor)
    const server = await startScripted(() => ({ kind: 'refusal', code: 'BUSY', text: 'later' }))
    client.installKey(setupKey)
    client.setHost(server.address)
    await client.activate()
    await client.activate()
    const [first, second] = server.requests
    expect(first?.digest).not.toEqual(second?.digest)
  })
})

describe('time (rule 42)', () => {
  it('is believed no earlier than a signed time, so that a clock that is set back wins nothing', async () => {
    const { client, clock, reopen } = await newClient(vendor)
    const server = await startScripted(honest(vendor.host(), clock.now))
    client.installKey(setupKey)
    client.setHost(server.address)
    await client.activate()
    clock.time += days(20)
    await reopen()
    clock.time = grantTime - days(3_000)
    expect((await reopen()).status()).toMatchObject({ state: 'licensed', expires: grantTime + days(180) })
    clock.time = grantTime + days(180) - 1
    expect((await reopen()).status().state).toBe('licensed')
    clock.time += 1
    expect((await reopen()).status()).toMatchObject({
      state: 'out-of-tolerance-grace',
      reason: 'IN_OUT_OF_TOLERANCE_GRACE',
    })
  })

  it('ends a grace for good: the clock set back afterwards does not begin it again', async () => {
    const { client, clock, reopen } = await newClient(vendor)
    client.installKey(setupKey)
    clock.time = grantTime + days(30)
    await reopen()
    clock.time = grantTime
    expect((await reopen()).status()).toMatchObject({ state: 'notification', reason: 'GRACE_EXPIRED' })
  })

  it('is not set back by an answer to a request of before, which somebody may have kept back', async () => {
    const { client, clock, dir } = await newClient(vendor)
    const server = await startScripted(() => 'close')
    client.installKey(setupKey)
    client.setHost(server.address)
    expect(await codeOf(() => client.activate())).toBe('HOST_MUTE')
    clock.time += days(20)
    server.reply = honest(vendor.host(), () => grantTime)
    expect(await client.activate()).toMatchObject({ outcome: 'activated' })
    expect(JSON.parse(readFileSync(join(dir, 'memory.json'), 'utf8'))).toMatchObject({ mark: clock.time })
  })

  it('is raised by a clock that is years ahead by 30 days only, and one right receipt sets it back', async () => {
    const { client, clock, reopen, dir } = await newClient(vendor)
    const mark = (): number => (JSON.parse(readFileSync(join(dir, 'memory.json'), 'utf8')) as { mark: number }).mark
    client.installKey(setupKey)
    clock.time = grantTime + days(4_000)
    await reopen()
    expect(mark()).toBe(grantTime + days(30))
    clock.time = grantTime + hours(1)
    const server = await startScripted(honest(vendor.host(), clock.now))
    await client.activate({ host: server.address })
    expect(mark()).toBe(grantTime + hours(1))
  })
})
