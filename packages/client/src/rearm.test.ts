import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { grantTime } from '@volact/core/document/host.fixture'
import { days } from '@volact/core/time'
import { catalog, codeOf, desktopId, honest, setupKey, TestVendor } from './client.fixture.ts'
import { newClient, startScripted } from './setting.fixture.ts'

const vendor = new TestVendor()
const serverKey = catalog.products[1]?.setupKey ?? ''

describe('a rearm', () => {
  it('of the machine begins its timers anew under another machine ID, and keeps keys, hosts and anchor', async () => {
    const { client, dir, clock, reopen } = await newClient(vendor)
    const server = await startScripted(honest(vendor.host(), clock.now))
    client.installKey(setupKey)
    client.setHost(server.address)
    await client.activate()
    const { machineId } = client.status()
    clock.time += days(40)
    const done = await client.rearm()
    expect(done).toMatchObject({ level: 'machine', products: ['desktop-1'], left: 3 })
    expect(done.machineId).not.toBe(machineId)
    expect(client.status()).toMatchObject({
      ...{ state: 'initial-grace', expires: clock.time + days(30), machineId: done.machineId },
      ...{ products: ['desktop-1'], host: server.address, rearms: { machine: 3 }, notes: [] },
    })
    expect(existsSync(join(dir, 'licenses', `${desktopId}.lease`))).toBe(false)
    expect(await (await reopen()).activate()).toMatchObject({ outcome: 'activated' })
    const [before, after] = server.requests.map(({ request }) => request)
    // The count is exact on anchors: a machine that is rearmed 25 times counts once (rule 35).
    expect([after?.anchor, after?.prev]).toEqual([before?.anchor, undefined])
  })

  it('is refused when all are used, whatever the level, and then nothing has changed', async () => {
    const { client, clock, reopen } = await newClient(vendor)
    client.installKey(setupKey)
    for (const level of ['machine', 'product', 'application', 'machine'] as const) await client.rearm({ level })
    clock.time += days(1)
    const before = client.status()
    for (const level of ['machine', 'application', 'product'] as const) {
      expect(await codeOf(() => client.rearm({ level }))).toBe('REARMS_EXHAUSTED')
    }
    expect((await reopen()).status()).toEqual(before)
    expect(before).toMatchObject({ rearms: { machine: 0 }, expires: grantTime + days(30) })
  })

  it('of the machine is refused when one of its products has none left', async () => {
    const { client } = await newClient(vendor)
    client.installKey(setupKey)
    client.installKey(serverKey)
    for (let i = 0; i < 4; i++) await client.rearm({ level: 'product', product: 'desktop-1' })
    expect(await codeOf(() => client.rearm())).toBe('REARMS_EXHAUSTED')
    expect(await client.rearm({ level: 'product', product: 'server-2' })).toMatchObject({
      products: ['server-2'],
      left: 4,
    })
  })

  it('of a product or an application leaves the others, the machine ID, and a lease that runs', async () => {
    const { client, clock } = await newClient(vendor)
    const server = await startScripted(honest(vendor.host(), clock.now))
    for (const key of [setupKey, serverKey]) client.installKey(key)
    await client.activate({ host: server.address, product: 'desktop-1' })
    const { machineId } = client.status()
    clock.time += days(10)
    expect(await client.rearm({ level: 'application', product: 'server-2' })).toMatchObject({
      ...{ products: ['desktop-1', 'server-2'], machineId },
    })
    expect(client.status('desktop-1')).toMatchObject({ state: 'licensed', expires: grantTime + days(180), machineId })
    expect(client.status('server-2')).toMatchObject({ state: 'initial-grace', expires: clock.time + days(90) })
    expect(await codeOf(() => client.rearm({ level: 'product' }))).toBe('USAGE')
  })

  it('of a machine without a product makes another machine', async () => {
    const { client } = await newClient(vendor)
    const { machineId } = client.status()
    expect((await client.rearm()).machineId).not.toBe(machineId)
  })

  it('does not lengthen the grace of a product that this program does not know beyond what it lost', async () => {
    const { client, dir, clock } = await newClient(vendor)
    client.installKey(setupKey)
    clock.time += days(29)
    const { client: stranger } = await newClient(vendor, { dir, vendors: [], now: clock.now })
    await stranger.rearm()
    expect(client.status()).toMatchObject({ state: 'initial-grace', expires: clock.time + days(30) })
  })
})
