import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toHex } from '@volact/core/bytes'
import { grantTime } from '@volact/core/document/host.fixture'
import { days } from '@volact/core/time'
import { codeOf, desktopId, hardware, honest, setupKey, TestVendor } from '../client.fixture.ts'
import { newClient, type Setting, startScripted } from '../setting.fixture.ts'

const vendor = new TestVendor()
const host = vendor.host()
const files = {
  label: 'volact.json',
  key: 'device.key',
  seal: 'seal',
  settings: 'client.json',
  hosts: 'hosts.json',
  memory: 'memory.json',
  lease: join('licenses', `${desktopId}.lease`),
  checkpoint: join('checkpoints', `${toHex(host.logId)}.cose`),
}

/** A client with a lease, twenty days after its key was installed. */
async function licensed(): Promise<Setting> {
  const setting = await newClient(vendor)
  const { client, clock } = setting
  const server = await startScripted(honest(host, clock.now))
  client.installKey(setupKey)
  client.setHost(server.address)
  clock.time += days(20)
  await client.activate()
  return setting
}

const damages: readonly [string, (whole: Buffer) => Uint8Array][] = [
  ['zeros', (whole) => Buffer.alloc(whole.length)],
  ['half of itself', (whole) => whole.subarray(0, whole.length >> 1)],
  ['a mebibyte of zeros', () => Buffer.alloc(1 << 20)],
]

function damage(dir: string, name: string, how: (whole: Buffer) => Uint8Array): void {
  writeFileSync(join(dir, name), how(readFileSync(join(dir, name))))
}

describe.each(damages)('a file that holds %s', (_, how) => {
  it.each<[string, string, string]>([
    ['the list of keys', files.settings, 'licensed'],
    ['the memory', files.memory, 'licensed'],
    ['the settings of hosts', files.hosts, 'licensed'],
    ['the checkpoint', files.checkpoint, 'licensed'],
    ['the lease', files.lease, 'initial-grace'],
  ])('and is %s is set aside, rebuilt from the others and noted once', async (_what, name, state) => {
    const { dir, reopen } = await licensed()
    damage(dir, name, how)
    const client = await reopen()
    expect(client.status()).toMatchObject({ state, products: ['desktop-1'] })
    expect(client.status().notes.filter((note) => note.includes(join(dir, name)))).toHaveLength(1)
    expect(existsSync(join(dir, `${name}.damaged`))).toBe(true)
    expect((await reopen()).status()).toEqual(client.status())
    client.setHost((await startScripted(honest(host, () => grantTime + days(20)))).address)
    expect(await client.activate()).toMatchObject({ outcome: 'activated' })
    expect(client.status()).toMatchObject({ state: 'licensed', notes: [], events: [] })
  })

  it('and is the device key makes way for a new one, and the product opens', async () => {
    const { client: before, dir, reopen } = await licensed()
    const { machineId } = before.status()
    damage(dir, files.key, how)
    const client = await reopen()
    const status = client.status()
    expect(status).toMatchObject({ state: 'initial-grace', products: ['desktop-1'], expires: grantTime + days(30) })
    expect(status.machineId).not.toBe(machineId)
    expect(status.notes.join()).toContain('this machine has a new identity; its product keys stay')
    expect(existsSync(join(dir, `${files.key}.damaged`))).toBe(true)
    expect(await client.activate()).toMatchObject({ outcome: 'activated' })
    expect((await reopen()).status()).toMatchObject({ state: 'licensed', notes: [], machineId: status.machineId })
  })

  it('and is the seal is made anew on the same hardware', async () => {
    const { client: before, dir, reopen } = await licensed()
    damage(dir, files.seal, how)
    expect((await reopen()).status()).toMatchObject({ state: 'licensed', machineId: before.status().machineId })
    damage(dir, files.seal, how)
    const changed = { ...hardware, diskSerial: 'DSK-9', components: ['DSK-9', ...hardware.components.slice(1)] }
    const moved = await newClient(vendor, {
      dir,
      probe: () => Promise.resolve(changed),
      now: () => grantTime + days(21),
    })
    expect(moved.client.status()).toMatchObject({ state: 'out-of-tolerance-grace' })
  })

  it('and is the label is written anew, where the folder can be only a client’s', async () => {
    const { dir, reopen } = await licensed()
    damage(dir, files.label, how)
    const { state, notes } = (await reopen()).status()
    expect([state, notes.join()]).toEqual(['licensed', expect.stringContaining('the label of the folder was damaged')])
    rmSync(join(dir, files.key))
    damage(dir, files.label, how)
    expect(await codeOf(reopen)).toMatch(/FOLDER_DAMAGED|TOO_LARGE/)
  })
})

describe('a store', () => {
  it('of zeros opens, and activates again with nothing but the key', async () => {
    const { dir, reopen } = await licensed()
    for (const name of Object.values(files)) damage(dir, name, (whole) => Buffer.alloc(whole.length))
    const client = await reopen()
    expect(client.status()).toMatchObject({ state: 'unlicensed', products: [] })
    expect(client.status().notes.length).toBeGreaterThanOrEqual(4)
    client.installKey(setupKey)
    const server = await startScripted(honest(host, () => grantTime + days(20)))
    expect(await client.activate({ host: server.address })).toMatchObject({ outcome: 'activated' })
    expect((await reopen()).status()).toMatchObject({ state: 'licensed', notes: [] })
  })

  it('of which a file is of a newer format takes it for damaged, and keeps it', async () => {
    const { dir, reopen } = await licensed()
    for (const name of [files.settings, files.memory]) {
      const text = readFileSync(join(dir, name), 'utf8').replace('"format": 1', '"format": 2')
      writeFileSync(join(dir, name), text)
      expect((await reopen()).status()).toMatchObject({ state: 'licensed' })
      expect(readFileSync(join(dir, `${name}.damaged`), 'utf8')).toBe(text)
    }
  })

  it('keeps one damaged file of each name at most', async () => {
    const { dir, reopen } = await licensed()
    for (let i = 0; i < 3; i++) {
      writeFileSync(join(dir, files.memory), `damage ${String(i)}`)
      await reopen()
    }
    expect(readdirSync(dir).filter((name) => name.startsWith('memory'))).toEqual(['memory.json', 'memory.json.damaged'])
    expect(readFileSync(join(dir, 'memory.json.damaged'), 'utf8')).toBe('damage 2')
  })

  it('whose memory is lost knows when the grace began, and no earlier time than was signed (rules 37, 42)', async () => {
    const { client, dir, clock, reopen } = await newClient(vendor)
    client.installKey(setupKey)
    clock.time += days(29)
    rmSync(join(dir, files.memory))
    expect((await reopen()).status()).toMatchObject({ state: 'initial-grace', expires: grantTime + days(30) })
    const other = await licensed()
    rmSync(join(other.dir, files.memory))
    other.clock.time = grantTime - days(900)
    await other.reopen()
    expect(JSON.parse(readFileSync(join(other.dir, files.memory), 'utf8'))).toMatchObject({
      mark: grantTime + days(20),
    })
  })

  it('whose list of keys came from somewhere else names no file outside', async () => {
    const { dir, reopen } = await licensed()
    writeFileSync(join(dir, files.settings), '{"keys":[{"vendor":"example","product":"../../etc/passwd"}],"logs":[]}')
    expect((await reopen()).status()).toMatchObject({ state: 'licensed', products: ['desktop-1'] })
  })

  it('in which an open request is damaged gives it up', async () => {
    const { dir, reopen } = await licensed()
    const pending = join(dir, 'pending', `${desktopId}.cbor`)
    writeFileSync(pending, 'damage')
    const client = await reopen()
    expect(client.status().notes.join()).toContain('an open request is given up')
    expect(relative(dir, `${pending}.damaged`)).toBe(join('pending', readdirSync(join(dir, 'pending'))[0] ?? ''))
  })

  it('of which another version of a file is put back is taken as it is', async () => {
    const { client, dir, reopen } = await licensed()
    copyFileSync(join(dir, files.memory), join(dir, 'before'))
    await client.activate()
    copyFileSync(join(dir, 'before'), join(dir, files.memory))
    expect((await reopen()).status()).toMatchObject({ state: 'licensed', notes: [] })
  })
})
