import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { toHex } from '@volact/core/bytes'
import { filled, grantTime } from '@volact/core/document/host.fixture'
import { encodeLeaseFile } from '@volact/core/document/lease'
import { days } from '@volact/core/time'
import { openFolder } from '@volact/files/data-folder'
import { lockFolder } from '@volact/files/lock'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import type { Client } from './client.ts'
import { transportLimits } from './transport.ts'
import {
  activation,
  codeOf,
  desktopId,
  grantFor,
  honest,
  opener,
  ScriptedHost,
  setupKey,
  TestClock,
  TestVendor,
} from './client.fixture.ts'

const vendor = new TestVendor()
const host = vendor.host()
const leasePath = join('licenses', `${desktopId}.lease`)

interface Licensed {
  readonly client: Client
  readonly dir: string
  readonly clock: TestClock
  readonly server: ScriptedHost
  readonly open: () => Promise<Client>
}

/** A client with a lease from the one host of these tests. */
async function licensed(): Promise<Licensed> {
  const [dir, clock] = [temporaryFolder(), new TestClock()]
  const open = opener(vendor, dir, clock)
  const server = await ScriptedHost.start(honest(host, clock.now))
  onTestFinished(() => {
    server.close()
  })
  const client = await open()
  client.installKey(setupKey)
  client.setHost(server.address)
  await client.activate()
  return { client, dir, clock, server, open }
}

describe('the folder of a client', () => {
  it('keeps one identity, in a file for its owner alone (rule 34)', async () => {
    const dir = temporaryFolder()
    const open = opener(vendor, dir, new TestClock())
    const clients = await Promise.all([open(), open(), open()])
    expect(new Set(clients.map((client) => client.status().machineId)).size).toBe(1)
    expect(statSync(join(dir, 'device.key')).mode & 0o777).toBe(0o600)
    expect(readdirSync(dir).filter((name) => name.includes('device.key'))).toEqual(['device.key'])
  })

  it('is made when it is missing, unless that is not wanted', async () => {
    const dir = join(temporaryFolder(), 'new', 'client')
    const clock = new TestClock()
    expect(await codeOf(opener(vendor, dir, clock, { create: false }))).toBe('FOLDER_MISSING')
    expect((await opener(vendor, dir, clock)()).status().state).toBe('unlicensed')
  })

  it('of a host is left alone', async () => {
    const dir = temporaryFolder()
    openFolder(dir, 'host', { create: true })
    expect(await codeOf(opener(vendor, dir, new TestClock()))).toBe('FOLDER_WRONG_ROLE')
    expect(readdirSync(dir)).toEqual(['volact.json'])
  })

  it('whose device key others may read is refused', async () => {
    const { dir, open } = await licensed()
    chmodSync(join(dir, 'device.key'), 0o640)
    expect(await codeOf(open)).toBe('FILE_NOT_PRIVATE')
  })

  it('in use by another command can be opened and read, and a change waits its turn', async () => {
    const { dir, client, open } = await licensed()
    const lock = lockFolder(dir)
    const second = await open()
    expect(second.status().state).toBe('licensed')
    expect(await codeOf(() => second.activate())).toBe('FOLDER_IN_USE')
    expect(await codeOf(() => second.setHost('other'))).toBe('FOLDER_IN_USE')
    lock.release()
    expect(await second.activate()).toMatchObject({ outcome: 'activated' })
    expect(client.status().state).toBe('licensed')
  })

  it('takes one conversation with a host at a time, and the other waits for it, so that it renews what was granted (rule 18)', async () => {
    const { client, open, server } = await licensed()
    const second = await open()
    const both = await Promise.all([client.activate(), second.activate()])
    expect(both.map(({ outcome }) => outcome)).toEqual(['activated', 'activated'])
    const [, one, two] = server.requests.map(({ request }) => toHex(request.checkpoint ?? new Uint8Array()))
    expect(one).not.toBe(two)
    await client.close()
    expect(client.status()).toMatchObject({ state: 'licensed', notes: [] })
  })

  it('whose turn to talk to a host does not come is said so', async () => {
    const { dir, clock } = await licensed()
    const lock = lockFolder(join(dir, 'talking'))
    const limits = { ...transportLimits, turnMilliseconds: 30 }
    const client = await opener(vendor, dir, clock, { limits })()
    expect(await codeOf(() => client.activate())).toBe('FOLDER_IN_USE')
    lock.release()
    expect(await client.activate()).toMatchObject({ outcome: 'activated' })
  })

  it('can be read and set while a host is slow to answer', async () => {
    const { client, open, server, clock } = await licensed()
    const other = await open()
    let meanwhile: string | undefined
    server.reply = (message) => {
      meanwhile = other.setHost('elsewhere.example')
      expect(other.status().state).toBe('licensed')
      return grantFor(host, activation(message).request, clock.time)
    }
    expect(await client.activate()).toMatchObject({ outcome: 'activated' })
    expect(meanwhile).toBe('elsewhere.example:1688')
    expect(client.status().host).toBe('elsewhere.example:1688')
  })

  it('of a newer version is left as it is', async () => {
    const { dir, open } = await licensed()
    writeFileSync(join(dir, 'volact.json'), '{"role":"client","format":2}\n')
    const before = readdirSync(dir)
    expect(await codeOf(open)).toBe('FOLDER_NEWER')
    expect(readdirSync(dir)).toEqual(before)
  })
})

describe('a lease that lies in the folder', () => {
  it('of another machine is not trusted', async () => {
    const one = await licensed()
    const two = await licensed()
    copyFileSync(join(one.dir, leasePath), join(two.dir, leasePath))
    const status = two.client.status()
    expect(status.state).toBe('initial-grace')
    expect(status.notes.join()).toContain('the lease is for another machine')
    expect(await codeOf(() => two.client.exportLease())).toBe('NOT_BOUND')
  })

  it.each([
    ['a threshold that the policy does not allow (rule 10)', { threshold: 1, count: 1 }],
    ['another product', { product: filled(1, 16) }],
  ])('from an answer that was refused for %s is not trusted either', async (_, changes) => {
    const { client, dir, clock, server } = await licensed()
    server.reply = (message) => {
      const answer = grantFor(host, activation(message).request, clock.time, changes)

      writeFileSync(join(dir, leasePath), encodeLeaseFile({ ...answer, chain: host.chain }))
      return answer
    }
    expect(await codeOf(() => client.activate())).toMatch(/COUNT_INSUFFICIENT|LEASE_MISMATCH/)
    expect(client.status().state).toBe('initial-grace')
  })

  it('with any one bit turned over is not trusted', async () => {
    const { client, dir } = await licensed()
    const whole = readFileSync(join(dir, leasePath))
    for (let bit = 0; bit < whole.length * 8; bit += 41) {
      const altered = Uint8Array.from(whole, (byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
      writeFileSync(join(dir, leasePath), altered)
      expect(client.status().state, `bit ${String(bit)}`).toBe('initial-grace')
    }
  })
})

describe('the states of a license', () => {
  it('follow each other at the second, whoever looks and when', async () => {
    const { client, clock } = await licensed()
    const end = grantTime + days(180)
    for (const [time, state] of [
      [end - 1, 'licensed'],
      [end, 'out-of-tolerance-grace'],
      [end + days(30) - 1, 'out-of-tolerance-grace'],
      [end + days(30), 'notification'],
    ] as const) {
      clock.time = time
      expect(client.status().state).toBe(state)
    }
  })

  it('begin with a grace that a key installed again does not lengthen', async () => {
    const [dir, clock] = [temporaryFolder(), new TestClock()]
    const client = await opener(vendor, dir, clock)()
    client.installKey(setupKey)
    clock.time += days(29)
    client.installKey(setupKey)
    expect(client.status()).toMatchObject({
      state: 'initial-grace',
      expires: grantTime + days(30),
      products: ['desktop-1'],
    })
    clock.time += days(1)
    expect(client.status()).toMatchObject({ state: 'notification', number: 5, reason: 'GRACE_EXPIRED' })
  })
})

describe('what a killed program leaves', () => {
  it('is removed: files that were half written', async () => {
    const { dir, open } = await licensed()
    // A process that has ended.
    const { pid } = spawnSync(process.execPath, ['--version'])
    const left = ['licenses', '.'].map((folder) => join(dir, folder, `.x.${String(pid)}-1.0.0123456789ab.tmp`))
    mkdirSync(join(dir, 'licenses'), { recursive: true })
    for (const path of left) writeFileSync(path, 'half')
    await open()
    for (const path of left) expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined()
  })
})
