import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { days } from '@volact/core/time'
import { lockFolder } from '@volact/files/lock'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { codeOf, honest, opener, setupKey, TestVendor } from './client.fixture.ts'
import { newClient, type Setting, startScripted } from './setting.fixture.ts'

const vendor = new TestVendor()

async function licensed(): Promise<Setting> {
  const setting = await newClient(vendor)
  const server = await startScripted(honest(vendor.host(), setting.clock.now))
  setting.client.installKey(setupKey)
  setting.client.setHost(server.address)
  await setting.client.activate()
  return setting
}

describe('a folder that is prepared as an image', () => {
  it('loses what is this machine’s own, says what, and keeps keys and host', async () => {
    const { client, dir } = await licensed()
    const { host } = client.status()
    expect(client.generalize()).toEqual({
      removed: ['device.key', 'seal', 'licenses', 'pending', 'checkpoints', 'memory.json'],
      keys: 1,
    })
    expect(readdirSync(dir).toSorted()).toEqual(['client.json', 'hosts.json', 'lock', 'talking', 'volact.json'])
    expect(readFileSync(join(dir, 'client.json'), 'utf8')).not.toMatch(/installed|logs": \[.+\]/)
    expect(readFileSync(join(dir, 'hosts.json'), 'utf8')).toContain(host)
  })

  it('makes machines with an identity and a grace of their own, which activate by themselves', async () => {
    const { client, dir, clock } = await licensed()
    client.generalize()
    clock.time += days(100)
    const copies = [1, 2].map(() => join(temporaryFolder(), 'copy'))
    for (const copy of copies) cpSync(dir, copy, { recursive: true })
    const machines = await Promise.all(copies.map((copy) => opener(vendor, copy, clock)()))
    for (const machine of machines) {
      expect(machine.status()).toMatchObject({ state: 'initial-grace', expires: clock.time + days(30), notes: [] })
      expect(await machine.activate()).toMatchObject({ outcome: 'activated' })
    }
    expect(new Set(machines.map((machine) => machine.status().machineId)).size).toBe(2)
  })

  it('is refused while another program works on it, and then whole', async () => {
    const { client, dir } = await licensed()
    for (const folder of [dir, join(dir, 'talking')]) {
      const lock = lockFolder(folder)
      expect(await codeOf(() => client.generalize())).toBe('FOLDER_IN_USE')
      lock.release()
    }
    expect(existsSync(join(dir, 'device.key'))).toBe(true)
    expect(client.status()).toMatchObject({ state: 'licensed' })
  })

  it('is no machine any more for a program that has it open: it activates nothing there', async () => {
    const { client, dir } = await licensed()
    client.generalize()
    expect(client.status().state).toBe('initial-grace')
    expect(await codeOf(() => client.activate())).toBe('FOLDER_IN_USE')
    expect(existsSync(join(dir, 'device.key'))).toBe(false)
    expect(existsSync(join(dir, 'licenses'))).toBe(false)
  })
})
