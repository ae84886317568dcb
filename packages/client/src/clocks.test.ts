import { describe, expect, it } from 'vitest'
import { grantTime } from '@volact/core/document/host.fixture'
import { days, type Instant } from '@volact/core/time'
import { codeOf, honest, setupKey, TestVendor } from './client.fixture.ts'
import type { Client } from './client.ts'
import { leaseOf, newClient, type Setting, startScripted } from './setting.fixture.ts'

const vendor = new TestVendor()
const in1970 = days(3)
const in2106 = 2 ** 32 - days(1)

/** A client whose host knows the time, whatever its own clock says. */
async function withHost(): Promise<Setting & { real: Instant }> {
  const setting = Object.assign(await newClient(vendor), { real: grantTime })
  const server = await startScripted(honest(vendor.host(), () => setting.real))
  setting.client.installKey(setupKey)
  setting.client.setHost(server.address)
  return setting
}

describe('a clock at 1970, at 2106 and back (rule 42)', () => {
  it('takes no lease, no key and no grace away', async () => {
    const on = await withHost()
    await on.client.activate()
    const lease = leaseOf(on.dir)
    for (const time of [in1970, in2106, grantTime + days(1), in2106, in1970]) {
      on.clock.time = time
      expect((await on.reopen()).status()).toMatchObject({ products: ['desktop-1'], notes: [] })
    }
    on.clock.time = grantTime + days(2)
    expect((await on.reopen()).status()).toMatchObject({ state: 'licensed', expires: grantTime + days(180) })
    expect(leaseOf(on.dir)).toEqual(lease)
  })

  it.each([
    ['1970', in1970],
    ['2106', in2106],
  ])('at %s is licensed after one signed answer, and stays so when the clock is put right', async (_, time) => {
    const on = await withHost()
    on.clock.time = time
    const client = await on.reopen()
    expect(await client.activate()).toMatchObject({ outcome: 'activated' })
    expect(client.status()).toMatchObject({ state: 'licensed', expires: grantTime + days(180) })
    on.clock.time = grantTime + days(1)
    expect((await on.reopen()).status()).toMatchObject({ state: 'licensed' })
    // What was planned by the wrong clock is not waited for.
    expect((await on.reopen()).status().nextAttempt).toBeLessThan(grantTime + days(9))
    on.clock.time = grantTime + days(180)
    expect((await on.reopen()).status().state).toBe('out-of-tolerance-grace')
  })

  it('at 2106 asks anew when the answer was to a request of before, which sets no clock', async () => {
    const on = await withHost()
    on.clock.time = in2106
    const server = await startScripted(() => 'close')
    await codeOf(() => on.client.activate({ host: server.address }))
    server.reply = honest(vendor.host(), () => grantTime)
    expect(await on.client.activate({ host: server.address })).toMatchObject({ outcome: 'activated' })
    expect(server.requests).toHaveLength(3)
    expect(on.client.status().state).toBe('licensed')
  })

  it('at 2106 all the time sees its lease end when it does', async () => {
    const on = await withHost()
    on.clock.time = in2106
    await on.client.activate()
    on.clock.time += days(179)
    expect((await on.reopen()).status().state).toBe('licensed')
    on.clock.time += days(1)
    expect((await on.reopen()).status().state).toBe('out-of-tolerance-grace')
  })

  it('begins no grace before it was set: it would be over the moment it is', async () => {
    const on = await newClient(vendor)
    on.clock.time = in1970
    on.client.installKey(setupKey)
    expect(on.client.status()).toMatchObject({ state: 'initial-grace' })
    on.clock.time = grantTime
    expect((await on.reopen()).status()).toMatchObject({ state: 'initial-grace', expires: grantTime + days(30) })
    on.clock.time = in1970
    expect((await on.reopen()).status()).toMatchObject({ state: 'initial-grace', expires: grantTime + days(30) })
  })

  it.each([
    [
      'an attempt that failed',
      async (client: Client) => client.activate({ host: '127.0.0.1:9' }).catch(() => undefined),
    ],
    ['a rearm', async (client: Client) => client.rearm({ level: 'product' })],
    [
      'a key that was removed and installed again',
      (client: Client) => {
        client.removeKey()
        return Promise.resolve(client.installKey(setupKey))
      },
    ],
  ])('begins no grace before it was set by %s', async (_, happen) => {
    const on = await newClient(vendor)
    on.clock.time = in1970
    on.client.installKey(setupKey)
    await happen(on.client)
    on.clock.time = grantTime
    expect(on.client.status()).toMatchObject({ state: 'initial-grace', expires: grantTime + days(30) })
    expect((await on.reopen()).status()).toMatchObject({ state: 'initial-grace', expires: grantTime + days(30) })
    on.clock.time += days(30)
    expect((await on.reopen()).status()).toMatchObject({ state: 'notification' })
  })

  it('at 2106 began no endless grace once a signed answer has told the time', async () => {
    const on = await newClient(vendor)
    on.clock.time = in2106
    const server = await startScripted(honest(vendor.host(), () => grantTime, { expires: grantTime + days(1) }))
    const client = await on.reopen()
    client.installKey(setupKey)
    await client.activate({ host: server.address })
    on.clock.time = grantTime
    await on.client.rearm({ level: 'product' })
    on.client.removeKey()
    on.client.installKey(setupKey)
    expect(on.client.status()).toMatchObject({ state: 'initial-grace', expires: grantTime + days(30) })
  })
})
