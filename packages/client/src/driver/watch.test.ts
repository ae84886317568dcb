import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { days, minutes } from '@volact/core/time'
import { honest, setupKey, TestVendor } from '../client.fixture.ts'
import type { License } from '../sdk/license.ts'
import { newClient, startScripted } from '../setting.fixture.ts'
import { VirtualTime } from './virtual-time.fixture.ts'

const vendor = new TestVendor()
const host = vendor.host()

describe('who watches a license', () => {
  it('is told once of each change, with the new license, and not any more afterwards', async () => {
    const { client, clock } = await newClient(vendor)
    const server = await startScripted(honest(host, clock.now))
    client.setHost(server.address)
    client.installKey(setupKey)
    const told: License[] = []
    const stop = client.watch((license) => told.push(license))
    await client.activate()
    expect(told).toEqual([client.license()])
    await expect(client.activate({ product: 'nothing' })).rejects.toThrow('nothing')
    expect(told).toHaveLength(1)
    stop()
    clock.time += days(1)
    await client.activate()
    expect(told).toHaveLength(1)
  })

  it('is told what time alone changes, in the second in which it does', async () => {
    const time = new VirtualTime()
    const { client } = await newClient(vendor, { now: time.now, monotonic: time.monotonic })
    const server = await startScripted(honest(host, time.now, { expires: time.time + days(2) }))
    client.setHost(server.address)
    client.installKey(setupKey)
    const states: (readonly [string, number])[] = []
    client.watch(({ state }) => states.push([state, time.time]))
    await time.start(client)
    await time.pass(minutes(2))
    const end = client.license().expires
    server.reply = () => 'close'
    await time.pass(days(3))
    expect(states.find(([state]) => state === 'out-of-tolerance-grace')).toEqual(['out-of-tolerance-grace', end])
  })

  it('is told within a minute what another program has done to the same folder', async () => {
    const time = new VirtualTime()
    const { client, reopen } = await newClient(vendor, { now: time.now, monotonic: time.monotonic })
    const told: License[] = []
    client.watch((license) => told.push(license))
    await time.start(client)
    const other = await reopen()
    other.installKey(setupKey)
    await time.pass(minutes(1))
    expect(told).toMatchObject([{ state: 'initial-grace', product: 'desktop-1' }])
    other.removeKey()
    await time.pass(minutes(1))
    expect(told.at(-1)).toMatchObject({ state: 'unlicensed', reason: 'NO_PRODUCT_KEY' })
  })

  it('stops nothing by throwing: the others are told, the client runs on, and a warning shows the bug', async () => {
    const time = new VirtualTime()
    const { client } = await newClient(vendor, { now: time.now, monotonic: time.monotonic })
    const server = await startScripted(honest(host, time.now))
    client.setHost(server.address)
    client.installKey(setupKey)
    const told: License[] = []
    client.watch(() => {
      throw new Error('a bug of the program')
    })
    client.watch((license) => told.push(license))
    const warning = once(process, 'warning')
    await time.start(client)
    await time.pass(minutes(2))
    expect(await warning).toMatchObject([{ message: 'a bug of the program' }])
    expect(told.at(-1)).toMatchObject({ licensed: true })
    await time.pass(days(8))
    expect(server.messages).toHaveLength(2)
  })
})
