import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toHex } from '@volact/core/bytes'
import { filled } from '@volact/core/document/host.fixture'
import { days } from '@volact/core/time'
import { activation, codeOf, grantToTwin, honest, setupKey, TestVendor } from '../client.fixture.ts'
import { newClient, type Setting, startScripted } from '../setting.fixture.ts'
import type { ScriptedHost } from '../client.fixture.ts'

const vendor = new TestVendor()

async function licensed(): Promise<
  Setting & { readonly server: ScriptedHost; readonly host: ReturnType<TestVendor['host']> }
> {
  const setting = await newClient(vendor)
  const host = vendor.host()
  const server = await startScripted(honest(host, setting.clock.now))
  setting.client.installKey(setupKey)
  setting.client.setHost(server.address)
  await setting.client.activate()
  setting.clock.time += days(7)
  return { ...setting, server, host }
}

describe('a machine that its host tells of a twin (rule 18)', () => {
  it('makes itself a new identity, keeps its keys and its grace, and asks at once as the new machine', async () => {
    const { client, server, host, clock, dir, reopen } = await licensed()
    const { machineId } = client.status()
    server.reply = (message) => {
      server.reply = honest(host, clock.now)
      return grantToTwin(host, activation(message).request, clock.time)
    }
    expect(await client.activate()).toMatchObject({ outcome: 'activated' })
    const status = client.status()
    expect(status).toMatchObject({ state: 'licensed', products: ['desktop-1'], notes: [] })
    expect(status.machineId).not.toBe(machineId)
    const [, told, other] = server.requests
    expect(told?.machine).not.toEqual(other?.machine)
    expect(other?.request).toMatchObject({ audience: { kind: 'log' }, anchor: told?.request.anchor })
    expect([other?.request.prev, other?.request.checkpoint === undefined]).toEqual([undefined, false])
    expect(readdirSync(join(dir, 'licenses'))).toHaveLength(1)
    expect((await reopen()).status()).toMatchObject({ state: 'licensed', machineId: status.machineId })
  })

  it('says so until it is activated, when the host has nothing for the new machine yet', async () => {
    const { client, server, host, clock, dir, reopen } = await licensed()
    server.reply = (message) => {
      server.reply = () => ({ kind: 'refusal', code: 'COUNT_INSUFFICIENT', text: 'too few' })
      return grantToTwin(host, activation(message).request, clock.time)
    }
    expect(await client.activate()).toMatchObject({ outcome: 'refused', code: 'COUNT_INSUFFICIENT' })
    // The hardware is the same, and so is its grace (rule 37).
    expect((await reopen()).status()).toMatchObject({ state: 'initial-grace', expires: clock.time + days(23) })
    expect((await reopen()).status().events).toMatchObject([{ code: 'MACHINE_COPIED' }])
    expect(existsSync(join(dir, 'licenses', 'anything'))).toBe(false)
  })

  it.each([
    ['another machine', { machine: filled(9) }],
    ['another product', { product: filled(9, 16) }],
    ['another request, as a recording is', { nonce: filled(9, 16) }],
    ['a grant that it did not name', { shown: filled(9, 16) }],
  ])('with a notice for %s stays who it is, takes the grant, and notes it', async (_, changes) => {
    const { client, server, host, clock, dir } = await licensed()
    const key = readFileSync(join(dir, 'device.key'))
    server.reply = (message) => grantToTwin(host, activation(message).request, clock.time, changes)
    expect(await client.activate()).toMatchObject({ outcome: 'activated' })
    expect(readFileSync(join(dir, 'device.key'))).toEqual(key)
    expect(client.status()).toMatchObject({ state: 'licensed' })
    expect(client.status().notes.join()).toContain('could not show it')
  })

  it('with a grant that does not hold stays who it is, whatever the notice says', async () => {
    const { client, server, host, clock, dir } = await licensed()
    const key = readFileSync(join(dir, 'device.key'))
    server.reply = (message) => ({
      ...grantToTwin(host, activation(message).request, clock.time),
      chain: vendor.host().chain,
    })
    expect(await codeOf(() => client.activate())).toBe('CHAIN_INVALID')
    expect(readFileSync(join(dir, 'device.key'))).toEqual(key)
    expect(client.status().state).toBe('licensed')
  })

  it('again, as the new machine, makes no third one: a machine without a past has no twin', async () => {
    const { client, server, host, clock } = await licensed()
    server.reply = (message) => grantToTwin(host, activation(message).request, clock.time)
    expect(await client.activate()).toMatchObject({ outcome: 'activated' })
    expect(server.requests).toHaveLength(3)
    const { machineId, notes } = client.status()
    expect(machineId).toBe(toHex(server.requests.at(-1)?.machine ?? filled(0)))
    expect(notes.join()).toContain('could not show it')
  })
})
