import { chmodSync, cpSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeSimulatedHardware } from '@volact/client/simulated-hardware'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { commandIn, succeed } from './command.fixture.ts'
import { hardware, Site } from './twins.fixture.ts'

/** Runs a command on a client's folder at the time of its site, which must succeed, and gives what it prints. */
async function run(site: Site, dir: string, ...args: readonly string[]): Promise<Record<string, unknown>> {
  const words = ['client', ...args, '--dir', dir, '--json']
  const { status, stdout, stderr } = await commandIn({ now: () => site.clock.time }, ...words)
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${String(status)}: ${stderr}`)
  return JSON.parse(stdout) as Record<string, unknown>
}

/** A folder with the vendor and the key of one product, whose machine has asked the host. */
async function activated(site: Site): Promise<string> {
  const dir = join(temporaryFolder(), 'client')
  const pack = join(temporaryFolder(), 'pack')
  writeFileSync(pack, site.vendor.pack(1))
  await run(site, dir, 'vendor', 'add', pack)
  writeSimulatedHardware(dir, hardware)
  await run(site, dir, 'key', 'install', site.vendor.catalog.products[0]?.setupKey ?? '')
  await run(site, dir, 'host', 'set', site.host.address)
  expect(await run(site, dir, 'activate')).toMatchObject({ outcome: 'activated' })
  return dir
}

describe('the commands of a machine’s identity', () => {
  it('release, rearm, remove and generalize, at a real host', async () => {
    const site = await Site.start()
    const dir = await activated(site)
    const before = await run(site, dir, 'status')
    expect(await run(site, dir, 'release')).toMatchObject({ host: site.host.address })
    expect(await run(site, dir, 'status')).toMatchObject({ state: 'initial-grace' })
    expect(await run(site, dir, 'activate')).toMatchObject({ outcome: 'activated', count: 1 })
    expect(await run(site, dir, 'rearm')).toMatchObject({ level: 'machine', left: 2 })
    const after = await run(site, dir, 'status')
    expect(after).toMatchObject({ state: 'initial-grace', rearms: { machine: 2 } })
    expect(after['machineId']).not.toBe(before['machineId'])
    // The hardware is the same, and counts once (rule 35).
    expect(await run(site, dir, 'activate')).toMatchObject({ outcome: 'activated', count: 1 })
    expect(await run(site, dir, 'rearm', '--application', 'office')).toMatchObject({ level: 'application', left: 1 })
    expect(await run(site, dir, 'status')).toMatchObject({ state: 'licensed' })
    expect(await run(site, dir, 'generalize')).toMatchObject({ keys: 1 })
    expect(existsSync(join(dir, 'device.key'))).toBe(false)
    await run(site, dir, 'key', 'remove')
    expect(await run(site, dir, 'status')).toMatchObject({ state: 'unlicensed', key: 'none' })
    const { status } = await commandIn({}, 'client', 'release', '--dir', dir)
    expect(status).toBe(10)
  })

  it('count a folder that was copied to other hardware as a machine of its own', async () => {
    const site = await Site.start()
    const dir = await activated(site)
    const copy = join(temporaryFolder(), 'copy')
    cpSync(dir, copy, { recursive: true })
    writeSimulatedHardware(copy, {
      ...hardware,
      systemUuid: '9c4c4544-0051-3510-8052-b4c04f4d3199',
      boardSerial: 'B-9',
      diskSerial: 'D-9',
    })
    const found = await run(site, copy, 'status')
    expect(found).toMatchObject({ state: 'initial-grace', events: [{ code: 'MACHINE_COPIED' }] })
    expect(found['machineId']).not.toBe((await run(site, dir, 'status'))['machineId'])
    expect(await run(site, copy, 'activate')).toMatchObject({ outcome: 'activated', count: 2 })
    expect(await run(site, dir, 'activate')).toMatchObject({ outcome: 'activated', count: 2 })
  })

  it('run as an ephemeral machine with the token of its pool, from a file for its owner alone (rule 38)', async () => {
    const site = await Site.start()
    const dir = await activated(site)
    const file = join(temporaryFolder(), 'token')
    writeFileSync(file, await succeed('host', 'pool', 'add', 'pods', '--limit', '2', '--dir', site.dir).then(tokenIn))
    chmodSync(file, 0o644)
    const refused = await commandIn({}, 'client', 'activate', '--pool-token-file', file, '--dir', dir)
    expect([refused.status, refused.stderr]).toEqual([4, expect.stringContaining('chmod 600')])
    chmodSync(file, 0o600)
    expect(await run(site, dir, 'activate', '--pool-token-file', file)).toMatchObject({ outcome: 'activated' })
    expect(await run(site, dir, 'status')).toMatchObject({ state: 'licensed', ephemeral: true })
    expect(await run(site, dir, 'status', '--pool-token-file', file)).toMatchObject({ state: 'licensed' })
    expect(await run(site, dir, 'release')).toMatchObject({ host: site.host.address })
  })
})

function tokenIn(printed: string): string {
  return /volact-pool:\S+/.exec(printed)?.[0] ?? ''
}
